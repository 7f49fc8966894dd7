// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/btf_facts.h"

#include <bpf/btf.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>

namespace pagefare {

namespace {

int find(const btf* types, std::string_view name, std::uint32_t kind) {
  return btf__find_by_name_kind(types, std::string(name).c_str(), kind);
}

const btf_type* type_at(const btf* types, int id) {
  return id > 0 ? btf__type_by_id(types, static_cast<std::uint32_t>(id)) : nullptr;
}

/// Through typedefs and qualifiers to the type itself.
const btf_type* resolve(const btf* types, std::uint32_t id) {
  const int resolved = btf__resolve_type(types, id);
  return type_at(types, resolved);
}

const btf_member* find_member(const btf* types, const btf_type* type, std::string_view name) {
  const btf_member* members = btf_members(type);
  for (int i = 0; i < btf_vlen(type); ++i) {
    const char* member = btf__name_by_offset(types, members[i].name_off);
    if (member != nullptr && name == member) return &members[i];
  }
  return nullptr;
}

}  // namespace

void BtfFacts::Free::operator()(btf* types) const {
  btf__free(types);
}

Result<BtfFacts> BtfFacts::read(const std::string& sys_root) {
  const std::string path = sys_root + "/kernel/btf/vmlinux";
  btf* types = btf__parse(path.c_str(), nullptr);
  if (types == nullptr) {
    return fail(path + ": cannot read the kernel's type information (" + std::strerror(errno) +
                "); pagefare needs a kernel built with CONFIG_DEBUG_INFO_BTF, as distributions "
                "ship them");
  }
  return BtfFacts(types);
}

int BtfFacts::function_id(std::string_view name) const {
  return find(types_.get(), name, BTF_KIND_FUNC);
}

int BtfFacts::tracepoint_args(std::string_view name) const {
  // A tracepoint's programs are described by a typedef of a pointer to its callback.
  const int id = find(types_.get(), "btf_trace_" + std::string(name), BTF_KIND_TYPEDEF);
  const btf_type* pointer =
      id > 0 ? resolve(types_.get(), static_cast<std::uint32_t>(id)) : nullptr;
  if (pointer == nullptr || !btf_is_ptr(pointer)) return -1;
  const btf_type* callback = resolve(types_.get(), pointer->type);
  if (callback == nullptr || !btf_is_func_proto(callback)) return -1;
  return static_cast<int>(btf_vlen(callback)) - 1;  // the first one is the callback's own data
}

bool BtfFacts::has_member(std::string_view type, std::string_view member) const {
  const btf_type* found = type_at(types_.get(), find(types_.get(), type, BTF_KIND_STRUCT));
  return found != nullptr && find_member(types_.get(), found, member) != nullptr;
}

std::uint64_t BtfFacts::struct_page_size() const {
  const int id = find(types_.get(), "page", BTF_KIND_STRUCT);
  const auto size = id > 0 ? btf__resolve_size(types_.get(), static_cast<std::uint32_t>(id)) : 0;
  return size > 0 ? static_cast<std::uint64_t>(size) : 0;
}

std::uint32_t BtfFacts::array_length(std::string_view type, std::string_view member) const {
  const btf_type* found = type_at(types_.get(), find(types_.get(), type, BTF_KIND_STRUCT));
  const btf_member* field = found ? find_member(types_.get(), found, member) : nullptr;
  const btf_type* array = field ? resolve(types_.get(), field->type) : nullptr;
  return array != nullptr && btf_is_array(array) ? btf_array(array)->nelems : 0;
}

std::uint32_t BtfFacts::node_bits() const {
  // Arrays of MAX_NUMNODES elements; NODES_SHIFT is its logarithm.
  for (const auto& [type, member] :
       {std::pair{"kmem_cache", "node"}, std::pair{"hstate", "nr_huge_pages_node"}}) {
    const std::uint32_t nodes = array_length(type, member);
    if (nodes > 0 && std::has_single_bit(nodes)) {
      return static_cast<std::uint32_t>(std::countr_zero(nodes));
    }
  }
  return 0;
}

}  // namespace pagefare
