// SPDX-License-Identifier: Apache-2.0
#include "exporter/explain_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <ratio>

#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? printable(found->get_ref<const std::string&>())
                                                   : "";
}

std::int64_t number_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Result<Json> parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("decisions") || !json["decisions"].is_array()) {
    return fail("the answer has no list of decisions; is it pagefare that answers there?");
  }
  return json;
}

Result<Json> find(const Json& answer, std::uint64_t id) {
  const Json& decisions = answer["decisions"];
  for (const Json& decision : decisions) {
    if (decision.is_object() && std::cmp_equal(number_of(decision, "id"), id)) {
      return decision;
    }
  }
  if (decisions.empty()) {
    return fail(fmt::format("there is no decision {}: none was made yet", id));
  }
  return fail(fmt::format("decision {} is not kept; the oldest kept is {}, the newest {}", id,
                          number_of(decisions.front(), "id"), number_of(decisions.back(), "id")));
}

std::string when(const Json& decision) {
  const std::time_t seconds = number_of(decision, "unix_ns") / std::nano::den;
  return fmt::format("{:%H:%M:%S}", fmt::localtime(seconds));
}

std::string outcome_of(const Json& decision) {
  const std::string error = text_of(decision, "error");
  return text_of(decision, "outcome") + (error.empty() ? "" : " (" + error + ")");
}

std::string list_text(const Json& answer) {
  std::string text;
  for (const Json& decision : answer["decisions"]) {
    if (decision.is_object()) {
      text += fmt::format("{:>6} {} {:<9} {:<12} {}\n", number_of(decision, "id"), when(decision),
                          text_of(decision, "rule"), outcome_of(decision),
                          text_of(decision, "sentence"));
    }
  }
  const std::string why_not = text_of(answer, "why_not");
  if (!why_not.empty()) {
    text += "nothing is being decided: " + why_not + "\n";
  } else if (text.empty()) {
    text = "nothing was decided yet\n";
  }
  return text;
}

}  // namespace

Result<std::string> explain_text(std::string_view json, std::uint64_t id) {
  const auto answer = parse(json);
  if (!answer) return tl::make_unexpected(answer.error());
  if (id == 0) return list_text(*answer);
  return find(*answer, id).map([](const Json& decision) {
    // Printed line by line: each is made printable, the line ends stay.
    std::string text;
    const auto found = decision.find("text");
    std::string_view rest = found != decision.end() && found->is_string()
                                ? std::string_view(found->get_ref<const std::string&>())
                                : std::string_view();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      text += printable(std::string(rest.substr(0, end))) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return text + "outcome: " + outcome_of(decision) + " at " + when(decision) + "\n";
  });
}

Result<std::string> explain_one_json(std::string_view json, std::uint64_t id) {
  const auto answer = parse(json);
  if (!answer) return tl::make_unexpected(answer.error());
  const auto dump = [](const Json& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  };
  if (id == 0) return dump(*answer);
  return find(*answer, id).map(dump);
}

}  // namespace pagefare
