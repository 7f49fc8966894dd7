// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics_text.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "exporter/gzip.h"
#include "tests/support/gunzip.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using Body = std::shared_ptr<const std::string>;

class MetricsTextTest : public testing::Test {
 protected:
  void publish(std::uint64_t periods) {
    Snapshot snapshot = populated_snapshot();
    snapshot.health.periods = periods;
    holder.publish(shared(std::move(snapshot)));
  }

  Body get(MetricsForm form = {}) { return metrics.get(form); }

  HandClock clock;
  SnapshotHolder holder{clock};
  MetricsText metrics{holder};
};

bool shows(const Body& body, const std::string& line) {
  return body->find("\n" + line + "\n") != std::string::npos;
}

TEST_F(MetricsTextTest, ShowsItsOwnMetricsBeforeTheFirstSnapshot) {
  const Body body = get();
  EXPECT_TRUE(shows(body, "pagefare_scrapes_total{format=\"text\",encoding=\"identity\"} 1"))
      << *body;
  EXPECT_EQ(body->find("pagefare_periods_total"), std::string::npos);
}

TEST_F(MetricsTextTest, ShowsTheLastSnapshot) {
  publish(100);
  EXPECT_TRUE(shows(get(), "pagefare_periods_total 100"));
  publish(101);
  EXPECT_TRUE(shows(get(), "pagefare_periods_total 101"));
}

TEST_F(MetricsTextTest, IsMadeOncePerSnapshotAndForm) {
  publish(1);
  const Body plain = get();
  const Body open = get({.format = MetricsFormat::kOpenMetrics});
  EXPECT_EQ(get(), plain);
  EXPECT_EQ(get({.format = MetricsFormat::kOpenMetrics}), open);
  EXPECT_NE(*plain, *open);
  publish(1);
  EXPECT_NE(get(), plain);
}

TEST_F(MetricsTextTest, PacksTheSameText) {
  publish(1);
  MetricsForm form{.format = MetricsFormat::kOpenMetrics, .gzip = true};
  const Body packed = metrics.get(form);
  ASSERT_TRUE(form.gzip);
  const std::string text = gunzip(*packed);
  EXPECT_LT(packed->size(), text.size() / 2);
  EXPECT_NE(text.find("\npagefare_periods_total 1\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

TEST_F(MetricsTextTest, CountsScrapesAndTheMakingOfTexts) {
  publish(1);
  get();
  get();
  publish(2);
  const Body body = get();
  EXPECT_TRUE(shows(body, "pagefare_scrapes_total{format=\"text\",encoding=\"identity\"} 3"));
  EXPECT_TRUE(shows(body, "pagefare_scrape_cpu_seconds_count 1")) << *body;
}

TEST_F(MetricsTextTest, KeepsNoFormerSnapshotAlive) {
  const SnapshotPtr first = shared(populated_snapshot());
  holder.publish(first);
  get();
  publish(2);
  EXPECT_EQ(first.use_count(), 1);
}

TEST_F(MetricsTextTest, GivesManyAtOnceTheSameText) {
  publish(1);
  std::vector<Body> bodies(8);
  {
    std::vector<std::jthread> scrapers;
    scrapers.reserve(bodies.size());
    for (Body& body : bodies) {
      scrapers.emplace_back([&body, this] { body = get(); });
    }
  }
  for (const Body& body : bodies) {
    EXPECT_EQ(body, bodies.front());
  }
}

TEST(Gzip, PacksTextsThatAreLargerThanItsBuffers) {
  std::string text;
  for (int i = 0; text.size() < 1'000'000; ++i) {
    text += std::to_string(i * 7919);
  }
  const auto packed = gzip(text);
  ASSERT_TRUE(packed);
  EXPECT_EQ(gunzip(*packed), text);
}

TEST(Gzip, PacksNothing) {
  const auto packed = gzip("");
  ASSERT_TRUE(packed);
  EXPECT_EQ(gunzip(*packed), "");
}

}  // namespace
}  // namespace pagefare::test
