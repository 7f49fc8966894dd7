// SPDX-License-Identifier: Apache-2.0
#include "exporter/negotiation.h"

#include <gtest/gtest.h>

namespace pagefare::test {
namespace {

constexpr auto kText = MetricsFormat::kPrometheus;
constexpr auto kOpen = MetricsFormat::kOpenMetrics;

struct Asked {
  const char* accept;
  MetricsFormat format;
};

class ChosenFormat : public testing::TestWithParam<Asked> {};

TEST_P(ChosenFormat, FollowsTheHeader) {
  EXPECT_EQ(choose_format(GetParam().accept), GetParam().format) << GetParam().accept;
}

INSTANTIATE_TEST_SUITE_P(
    Accept, ChosenFormat,
    testing::Values(
        Asked{"", kText}, Asked{"*/*", kText}, Asked{"text/html,*/*;q=0.8", kText},
        Asked{"application/openmetrics-text", kOpen},
        Asked{"Application/OpenMetrics-Text; Version=1.0.0", kOpen},
        Asked{"application/openmetrics-text;version=2.0.0", kText},
        Asked{"application/openmetrics-text;q=0", kText},
        Asked{"application/openmetrics-text;q=2", kText},
        Asked{"application/openmetrics-text;q=high", kText},
        Asked{"application/openmetrics-text;q=0.2,text/plain;q=0.3", kText},
        Asked{"text/plain;q=0.2,application/openmetrics-text;q=0.3", kOpen},
        Asked{"application/openmetrics-text,text/plain", kOpen}, Asked{",;,;q=,=", kText},
        // As Prometheus 2.42 and 3.0 ask.
        Asked{"application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
              "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
              kOpen},
        Asked{"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;"
              "version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.1",
              kOpen},
        Asked{"text/plain;version=0.0.4;q=0.5,application/vnd.google.protobuf;q=0.9", kText}));

struct Encodings {
  const char* accept;
  bool gzip;
};

class ChosenEncoding : public testing::TestWithParam<Encodings> {};

TEST_P(ChosenEncoding, FollowsTheHeader) {
  EXPECT_EQ(accepts_gzip(GetParam().accept), GetParam().gzip) << GetParam().accept;
}

INSTANTIATE_TEST_SUITE_P(AcceptEncoding, ChosenEncoding,
                         testing::Values(Encodings{"", false}, Encodings{"gzip", true},
                                         Encodings{"deflate, GZIP ;q=0.5, br", true},
                                         Encodings{"x-gzip", true}, Encodings{"gzip;q=0", false},
                                         Encodings{"gzip; q=0.000", false}, Encodings{"*", true},
                                         Encodings{"*;q=0", false}, Encodings{"gzip;q=0, *", false},
                                         Encodings{"identity", false},
                                         Encodings{"gzipped", false}));

}  // namespace
}  // namespace pagefare::test
