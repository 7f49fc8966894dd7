// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/object_json.h"

#include <gtest/gtest.h>

#include <string>

namespace pagefare {
namespace {

const std::string kId(64, 'a');

TEST(ObjectJson, ReadsWhatNamesACgroup) {
  const auto list = parse_list<Pod>(R"({"kind":"PodList","apiVersion":"v1",
    "metadata":{"resourceVersion":"42","continue":"more"},
    "items":[{"metadata":{"uid":"u1","namespace":"shop","name":"web-0",
      "annotations":{"pagefare.io/weight":"200","other.io/x":"y"}},
      "status":{"containerStatuses":[{"name":"nginx","containerID":"containerd://a1",
                                      "lastState":{"terminated":{"containerID":"containerd://a0"}}}],
                "initContainerStatuses":[{"name":"setup","containerID":"cri-o://b1"}],
                "ephemeralContainerStatuses":[{"name":"debug","containerID":"docker://c1"}]}}]})");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->resource_version, "42");
  EXPECT_EQ(list->next, "more");
  Pod pod{.uid = "u1",
          .static_uid = "",
          .name_space = "shop",
          .name = "web-0",
          .containers = {},
          .annotations = {{"pagefare.io/weight", "200"}}};
  pod.containers = {{"a1", "nginx"}, {"a0", "nginx"}, {"b1", "setup"}, {"c1", "debug"}};
  ASSERT_EQ(list->objects.size(), 1U);
  EXPECT_EQ(list->objects[0], pod);
}

TEST(ObjectJson, KnowsTheUidThatTheKubeletGaveAStaticPod) {
  const auto list = parse_list<Pod>(R"({"kind":"PodList","items":[{"metadata":{"uid":"u1",
    "namespace":"kube-system","name":"etcd","annotations":{"kubernetes.io/config.hash":"abc"}}}]})");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->objects.at(0).static_uid, "abc");
}

TEST(ObjectJson, TakesAPodWithoutAStatus) {
  const auto list = parse_list<Pod>(
      R"({"kind":"PodList","items":[{"metadata":{"uid":"u","namespace":"n","name":"p"}}]})");
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->objects.at(0).containers.empty());
}

TEST(ObjectJson, LeavesOutPodsWithoutAName) {
  const auto list = parse_list<Pod>(
      R"({"kind":"PodList","items":[{"metadata":{"uid":"u"}},{},7,null,{"metadata":[]}]})");
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->objects.empty());
}

TEST(ObjectJson, TakesAnEmptyNode) {
  EXPECT_TRUE(parse_list<Pod>(R"({"kind":"PodList","items":null})"));
  EXPECT_TRUE(parse_list<Pod>(R"({"kind":"PodList","items":[]})"));
}

TEST(ObjectJson, ReadsLabelsOfNamespaces) {
  const auto list = parse_list<Namespace>(R"({"kind":"NamespaceList",
    "metadata":{"resourceVersion":"42"},"items":[{"metadata":{"name":"shop",
      "labels":{"pagefare.io/weight":"200","team":"a"},
      "annotations":{"pagefare.io/weight":"300"}}},{"metadata":{"name":"bare"}},{}]})");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->resource_version, "42");
  ASSERT_EQ(list->objects.size(), 2U);
  EXPECT_EQ(list->objects[0], (Namespace{"shop", {{"pagefare.io/weight", "200"}}}));
  EXPECT_EQ(list->objects[1], (Namespace{"bare", {}}));
}

TEST(ObjectJson, TakesNoPodsForNamespaces) {
  EXPECT_FALSE(parse_list<Namespace>(R"({"kind":"PodList","items":[]})"));
  EXPECT_FALSE(parse_watch_event<Namespace>(R"({"type":"ADDED","object":{"metadata":{}}})"));
}

TEST(ObjectJson, RefusesWhatIsNoList) {
  for (const std::string text : {"", "{}", "[]", "null", "{\"kind\":\"PodList\",\"items\":3}",
                                 "<html>", "{\"kind\":\"NodeList\",\"items\":[]}", "{\"kind\":"}) {
    EXPECT_FALSE(parse_list<Pod>(text)) << text;
  }
}

TEST(ObjectJson, ReadsEventsOfAWatch) {
  const std::string object =
      R"({"metadata":{"uid":"u","namespace":"n","name":"p","resourceVersion":"7"}})";
  const auto put = parse_watch_event<Pod>(R"({"type":"ADDED","object":)" + object + "}");
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_EQ(put->kind, EventKind::kPut);
  EXPECT_EQ(put->object.name, "p");
  EXPECT_EQ(put->resource_version, "7");
  EXPECT_EQ(parse_watch_event<Pod>(R"({"type":"MODIFIED","object":)" + object + "}")->kind,
            EventKind::kPut);
  EXPECT_EQ(parse_watch_event<Pod>(R"({"type":"DELETED","object":)" + object + "}")->kind,
            EventKind::kDeleted);
}

TEST(ObjectJson, ReadsBookmarksAndErrors) {
  const auto bookmark = parse_watch_event<Pod>(
      R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})");
  ASSERT_TRUE(bookmark);
  EXPECT_EQ(bookmark->kind, EventKind::kBookmark);
  EXPECT_EQ(bookmark->resource_version, "9");
  const auto error =
      parse_watch_event<Pod>(R"({"type":"ERROR","object":{"code":410,"message":"too old"}})");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, EventKind::kError);
  EXPECT_EQ(error->code, 410);
  EXPECT_EQ(error->message, "too old");
}

TEST(ObjectJson, RefusesWhatIsNoEvent) {
  for (const std::string text :
       {"", "{}", "7", R"({"type":"ADDED"})", R"({"type":"ADDED","object":{}})",
        R"({"type":"GUESSED","object":{"metadata":{"uid":"u","namespace":"n","name":"p"}}})"}) {
    EXPECT_FALSE(parse_watch_event<Pod>(text)) << text;
  }
}

}  // namespace
}  // namespace pagefare
