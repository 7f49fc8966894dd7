// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_wish.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace pagefare {
namespace {

using Texts = std::map<std::string, std::string>;

fair::PodWish wish_of(const Texts& annotations, const Texts& labels = {}) {
  Pod pod;
  pod.name_space = "shop";
  pod.name = "web-0";
  pod.annotations = annotations;
  return read_pod_wish(pod, labels, "/pod").value_or(fair::PodWish{});
}

TEST(PodWish, HasTheWeightAndTheLimits) {
  const auto wish = wish_of({{"pagefare.io/weight", "200"},
                             {"pagefare.io/copy-cpu", "25%"},
                             {"pagefare.io/bytes", "2GiB/s"}});
  EXPECT_EQ(wish.path, "/pod");
  EXPECT_EQ(wish.pod, "shop/web-0");
  EXPECT_EQ(wish.weight, 200U);
  EXPECT_EQ(wish.cpu_ppm, 250'000U);
  EXPECT_EQ(wish.bytes_per_second, Bytes{std::uint64_t{2} << 30U});
  EXPECT_TRUE(wish.faults.empty());
}

TEST(PodWish, TakesMaxForNoLimit) {
  const auto wish = wish_of({{"pagefare.io/copy-cpu", "max"}, {"pagefare.io/bytes", "max"}});
  EXPECT_EQ(wish.cpu_ppm, std::nullopt);
  EXPECT_EQ(wish.bytes_per_second, std::nullopt);
  EXPECT_TRUE(wish.faults.empty());
}

TEST(PodWish, IsNoneOfAPodWithoutAnnotationsOfOurs) {
  EXPECT_EQ(read_pod_wish({}, {}, "/pod"), std::nullopt);
}

TEST(PodWish, SaysWhichWeightMeansNothing) {
  for (const char* const text : {"0", "-1", "10001", "99999999999", "1e3", " 1", "", "many"}) {
    const auto wish = wish_of({{"pagefare.io/weight", text}});
    EXPECT_EQ(wish.weight, std::nullopt) << text;
    ASSERT_EQ(wish.faults.size(), 1U) << text;
    EXPECT_NE(wish.faults[0].find("shop/web-0: annotation pagefare.io/weight"), std::string::npos);
  }
}

TEST(PodWish, KeepsWhatMeansSomethingBesideWhatDoesNot) {
  const auto wish = wish_of({{"pagefare.io/weight", "200"}, {"pagefare.io/bytes", "much"}});
  EXPECT_EQ(wish.weight, 200U);
  EXPECT_EQ(wish.faults.size(), 1U);
}

TEST(PodWish, ChoosesNothingElse) {
  const auto wish = wish_of({{"pagefare.io/actions", "rate"}, {"pagefare.io/protect", "/"}});
  EXPECT_EQ(wish.faults.size(), 2U);
  EXPECT_FALSE(wish.weight || wish.cpu_ppm || wish.bytes_per_second);
}

TEST(PodWish, IsThatOfTheNamespaceWherePodsHaveNone) {
  const auto wish = wish_of({}, {{"pagefare.io/weight", "200"},
                                 {"pagefare.io/copy-cpu", "2.5"},
                                 {"pagefare.io/bytes", "2GiB"}});
  EXPECT_EQ(wish.pod, "shop/web-0");
  EXPECT_EQ(wish.weight, 200U);
  EXPECT_EQ(wish.cpu_ppm, 25'000U);
  EXPECT_EQ(wish.bytes_per_second, Bytes{std::uint64_t{2} << 30U});
  EXPECT_TRUE(wish.faults.empty());
}

TEST(PodWish, IsThePodsOwnBeforeThatOfTheNamespace) {
  const auto wish = wish_of({{"pagefare.io/weight", "300"}, {"pagefare.io/copy-cpu", "max"}},
                            {{"pagefare.io/weight", "200"},
                             {"pagefare.io/copy-cpu", "25"},
                             {"pagefare.io/bytes", "1GiB"}});
  EXPECT_EQ(wish.weight, 300U);
  EXPECT_EQ(wish.cpu_ppm, std::nullopt);
  EXPECT_EQ(wish.bytes_per_second, Bytes{std::uint64_t{1} << 30U});
}

TEST(PodWish, StaysThatOfTheNamespaceWhereThePodsMeansNothing) {
  const auto wish = wish_of({{"pagefare.io/weight", "many"}}, {{"pagefare.io/weight", "200"}});
  EXPECT_EQ(wish.weight, 200U);
  EXPECT_EQ(wish.faults.size(), 1U);
}

TEST(PodWish, SaysOfTheNamespaceHowALabelIsWritten) {
  const auto wish = wish_of({}, {{"pagefare.io/copy-cpu", "quarter"}});
  ASSERT_EQ(wish.faults.size(), 1U);
  EXPECT_EQ(wish.faults[0],
            "namespace shop: label pagefare.io/copy-cpu: 'quarter' is ignored: means nothing in a "
            "label; write percent of a CPU as 25, bytes per second as 2GiB, or max");
}

TEST(PodWish, PassesOverTheLabelOfNamespacesThatScrape) {
  EXPECT_TRUE(wish_of({}, {{"pagefare.io/scrape", "true"}}).faults.empty());
}

TEST(PodWish, RepeatsLittleOfALongValueOnOneLine) {
  const auto wish = wish_of({{"pagefare.io/weight", "\n" + std::string(100'000, 'x')}});
  ASSERT_EQ(wish.faults.size(), 1U);
  EXPECT_LT(wish.faults[0].size(), 300U);
  EXPECT_EQ(wish.faults[0].find('\n'), std::string::npos);
}

}  // namespace
}  // namespace pagefare
