// SPDX-License-Identifier: Apache-2.0
// Who pays: the rows are those of /status, to the digit, for few cgroups and for many.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "exporter/units.h"
#include "tests/page/stage.h"

namespace pagefare::page {
namespace {

using nlohmann::json;

class PagePayers : public OnPage {
 protected:
  /// Path -> texts of the cells pays, outside quota, asked for, owns.
  std::map<std::string, std::vector<std::string>> shown_rows() {
    const json rows = browser().evaluate(
        "return Object.fromEntries([...document.querySelectorAll('#payers-rows tr')].map(row => "
        "[row.querySelector('.path').textContent, "
        "[...row.querySelectorAll('td')].map(cell => cell.textContent)]))");
    return rows.get<std::map<std::string, std::vector<std::string>>>();
  }

  static Snapshot many(std::uint64_t cgroups, int uptime) {
    Snapshot snapshot = at_second(uptime);
    snapshot.rows.clear();
    for (std::uint64_t i = 0; i < cgroups; ++i) {
      snapshot.rows.push_back(test::row("/kubepods.slice/Pod" + std::to_string(i), i + 1,
                                        (i + 1) * static_cast<std::uint64_t>(uptime)));
    }
    return snapshot;
  }

  void open_many(std::uint64_t cgroups) {
    publish(many(cgroups, 1));
    browser().open(url());
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
    publish(many(cgroups, 2));
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#payers-rows tr').length > 0"));
  }
};

std::vector<std::string> cpu_texts(const Account& account) {
  return {human_time(account.charged.copy_cpu + account.outside_quota),
          human_time(account.outside_quota),
          human_time(account.initiator.copy_cpu + account.worker_cpu_initiated),
          human_time(account.owner.copy_cpu + account.worker_cpu_owned)};
}

std::vector<std::string> byte_texts(const Account& account) {
  return {human_bytes(account.charged.bytes.value), human_time(account.outside_quota),
          human_bytes(account.initiator.bytes.value), human_bytes(account.owner.bytes.value)};
}

TEST_F(PagePayers, ShowsWhatStatusSaysSinceTheStart) {
  open_live();
  choose("window", "start");
  browser().evaluate("document.getElementById('idle').click()");
  const Snapshot snapshot = at_second(2);
  std::map<std::string, std::vector<std::string>> cpu;
  std::map<std::string, std::vector<std::string>> bytes;
  for (const CgroupRow& row : snapshot.rows) {
    cpu[row.path] = cpu_texts(row.account);
    bytes[row.path] = byte_texts(row.account);
  }
  EXPECT_EQ(shown_rows(), cpu);
  choose("measure", "bytes");
  EXPECT_EQ(shown_rows(), bytes);
}

TEST_F(PagePayers, ShowsRatesBetweenTwoSamples) {
  open_live();
  choose("measure", "bytes");
  const Account second = test::row("/", 1, 10'007).account;
  const std::vector<std::string> texts = shown_rows()["/"];
  EXPECT_EQ(texts.at(0), human_rate(second.charged.bytes.value, 1s));
  EXPECT_EQ(texts.at(2), human_rate(second.initiator.bytes.value, 1s));
  EXPECT_EQ(texts.at(3), human_rate(second.owner.bytes.value, 1s));
}

TEST_F(PagePayers, LeavesOutTheIdleUntilAskedForThem) {
  open_live();
  EXPECT_EQ(shown_rows().count("/idle"), 0U);
  browser().evaluate("document.getElementById('idle').click()");
  EXPECT_EQ(shown_rows().count("/idle"), 1U);
}

TEST_F(PagePayers, DrawsBarsInProportion) {
  open_live();
  const json widths = browser().evaluate(
      "return Object.fromEntries([...document.querySelectorAll('#payers-rows tr')].map(row => "
      "[row.querySelector('.path').textContent, "
      "row.querySelector('.bar.pays').getBoundingClientRect()"
      ".width / row.querySelector('.bars').getBoundingClientRect().width]))");
  EXPECT_NEAR(widths["/a.slice/b"].get<double>(), 1.0, 0.01);
  EXPECT_NEAR(widths["/"].get<double>(), 0.5, 0.01);
  EXPECT_NEAR(widths["[kcompactd]"].get<double>(), 0.25, 0.01);
}

TEST_F(PagePayers, DoesNotTakeARemovedCgroupsPastForNews) {
  Snapshot before = at_second(1);
  before.rows.push_back(test::row("/short", 99, 700'000));
  publish(std::move(before));
  browser().open(url());
  ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
  Snapshot after = at_second(2);
  after.rows.push_back(test::row(std::string(kRemovedName), 0, 700'001));
  publish(std::move(after));
  ASSERT_TRUE(browser().shows("document.querySelectorAll('#payers-rows tr').length > 0"));
  choose("measure", "bytes");
  EXPECT_EQ(shown_rows()[std::string(kRemovedName)].at(0), human_rate(12288, 1s));
}

TEST_F(PagePayers, ShowsNamesAsTextWhateverIsInThem) {
  const std::string image = "/<img src=x onerror=window.hurt=1>";
  const std::string script = "/\"><script>window.hurt=1</script>";
  for (const int uptime : {1, 2}) {
    Snapshot snapshot = at_second(uptime);
    snapshot.rows = {test::row(image, 7, 1000U * static_cast<unsigned>(uptime)),
                     test::row(script, 8, 500U * static_cast<unsigned>(uptime)),
                     test::row("__proto__", 9, 100U * static_cast<unsigned>(uptime))};
    snapshot.warnings = {"</p>" + image};
    snapshot.layer_why = image;
    publish(std::move(snapshot));
    if (uptime == 1) browser().open(url());
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
  }
  ASSERT_TRUE(browser().shows("document.querySelectorAll('#payers-rows tr').length === 3"));
  EXPECT_EQ(shown_paths(), (std::vector<std::string>{image, script, "__proto__"}));
  EXPECT_EQ(browser().count("main img, main script, main iframe"), 0U);
  EXPECT_EQ(browser().evaluate("return window.hurt ?? 'unhurt'"), "unhurt");
}

TEST_F(PagePayers, CutsAThousandCgroupsAndSumsTheRest) {
  open_many(1000);
  choose("measure", "bytes");
  const std::vector<std::string> paths = shown_paths();
  ASSERT_EQ(paths.size(), 20U);
  EXPECT_EQ(paths.front(), "/kubepods.slice/Pod999");
  EXPECT_EQ(paths.back(), "/kubepods.slice/Pod980");
  // 12288 bytes per second times 1 + ... + 980.
  EXPECT_EQ(browser().text("#payers-sums tr:first-child .path"), "980 not shown");
  EXPECT_EQ(browser().text("#payers-sums tr:first-child td"), human_rate(12288ULL * 480'690, 1s));
  browser().evaluate("document.getElementById('more').click()");
  EXPECT_EQ(shown_paths().size(), 70U);
}

TEST_F(PagePayers, FindsOneOfAThousandByItsName) {
  open_many(1000);
  choose("filter", "pOD737");
  EXPECT_EQ(shown_paths(), std::vector<std::string>{"/kubepods.slice/Pod737"});
  choose("filter", "nobody");
  EXPECT_TRUE(shown_paths().empty());
  EXPECT_NE(browser().text("#payers-empty").find("nobody"), std::string::npos);
}

// Work is counted, not timed: what an update may touch is what bounds it on any machine.
TEST_F(PagePayers, TouchesOnlyWhatIsShownOfAThousand) {
  open_many(1000);
  EXPECT_LT(browser().count("main *"), 1'000U);
  browser().evaluate(
      "window.touched = 0; window.rows = [...document.querySelectorAll('#payers-rows tr')];"
      "new MutationObserver(all => { window.touched += all.filter(one => one.type === 'childList' "
      "&& "
      "one.target.id === 'payers-rows').length; })"
      ".observe(document.getElementById('payers-rows'), {childList: true, subtree: true})");
  publish(many(1000, 3));
  ASSERT_TRUE(
      browser().shows("document.getElementById('facts').textContent.includes('up 3.00 s')"));
  // Same order, so the same rows stand where they stood.
  EXPECT_EQ(browser().evaluate("return window.touched"), 0);
  EXPECT_EQ(browser().evaluate("return window.rows.every(row => row.isConnected)"), true);
}

}  // namespace
}  // namespace pagefare::page
