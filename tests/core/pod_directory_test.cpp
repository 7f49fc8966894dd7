// SPDX-License-Identifier: Apache-2.0
#include "controller/core/pods/pod_directory.h"

#include <gtest/gtest.h>

#include <string>

namespace pagefare {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kUid = "0a1b2c3d-0011-2233-4455-66778899aabb";
const std::string kId(64, 'a');

std::string path_of(const std::string& uid, const std::string& id = "") {
  return "/kubepods/burstable/pod" + uid + (id.empty() ? "" : "/" + id);
}

Pod shop(const std::string& uid = kUid) {
  Pod pod;
  pod.uid = uid;
  pod.name_space = "shop";
  pod.name = "web-0";
  pod.containers = {{kId, "nginx"}};
  return pod;
}

PodDirectory directory() {
  return {minutes(5), 100};
}

TEST(PodDirectory, NamesContainersAndPods) {
  auto pods = directory();
  pods.put(shop());
  EXPECT_EQ(pods.find(path_of(kUid, kId)), (PodName{"shop", "web-0", "nginx"}));
  EXPECT_EQ(pods.find(path_of(kUid)), (PodName{"shop", "web-0", ""}));
  EXPECT_EQ(pods.find(path_of(kUid, std::string(64, 'b'))), (PodName{"shop", "web-0", ""}));
}

TEST(PodDirectory, KnowsNothingOfOthers) {
  auto pods = directory();
  pods.put(shop());
  EXPECT_EQ(pods.find("/system.slice/sshd.service"), std::nullopt);
  EXPECT_EQ(pods.find(path_of("ffffffff-0011-2233-4455-66778899aabb")), std::nullopt);
}

TEST(PodDirectory, RemembersADeletedPodForAWhile) {
  auto pods = directory();
  pods.put(shop());
  pods.remove(kUid, seconds(100));
  pods.expire(seconds(399));
  EXPECT_NE(pods.find(path_of(kUid, kId)), std::nullopt);
  EXPECT_EQ(pods.living(), 0U);
  pods.expire(seconds(400));
  EXPECT_EQ(pods.find(path_of(kUid, kId)), std::nullopt);
  EXPECT_EQ(pods.remembered(), 0U);
}

TEST(PodDirectory, CountsTheTimeFromTheFirstDeletion) {
  auto pods = directory();
  pods.put(shop());
  pods.remove(kUid, seconds(0));
  pods.remove(kUid, seconds(299));
  pods.expire(seconds(300));
  EXPECT_EQ(pods.find(path_of(kUid)), std::nullopt);
}

TEST(PodDirectory, KeepsAPodThatIsSeenAgain) {
  auto pods = directory();
  pods.put(shop());
  pods.remove(kUid, seconds(0));
  pods.put(shop());
  pods.expire(minutes(60));
  EXPECT_NE(pods.find(path_of(kUid)), std::nullopt);
  EXPECT_EQ(pods.living(), 1U);
}

TEST(PodDirectory, TakesPodsMissingFromAListForDeleted) {
  auto pods = directory();
  const std::string other = "ffffffff-0011-2233-4455-66778899aabb";
  pods.put(shop());
  pods.replace({shop(other)}, seconds(10));
  EXPECT_EQ(pods.living(), 1U);
  EXPECT_NE(pods.find(path_of(kUid)), std::nullopt);
  pods.expire(seconds(10) + minutes(5));
  EXPECT_EQ(pods.find(path_of(kUid)), std::nullopt);
  EXPECT_NE(pods.find(path_of(other)), std::nullopt);
}

TEST(PodDirectory, ForgetsTheLongestDeletedFirstWhenThereAreTooMany) {
  PodDirectory pods(minutes(5), 2);
  std::vector<std::string> uids;
  for (int i = 0; i < 4; ++i) {
    uids.push_back("0000000" + std::to_string(i) + "-0011-2233-4455-66778899aabb");
    pods.put(shop(uids.back()));
    pods.remove(uids.back(), seconds(i));
  }
  EXPECT_EQ(pods.remembered(), 2U);
  EXPECT_EQ(pods.find(path_of(uids[1])), std::nullopt);
  EXPECT_NE(pods.find(path_of(uids[2])), std::nullopt);
}

TEST(PodDirectory, KnowsThePodsOwnCgroupFromThoseWithinIt) {
  auto pods = directory();
  pods.put(shop());
  EXPECT_EQ(pods.find_pod_path(path_of(kUid, kId) + "/made/within"), path_of(kUid));
  EXPECT_EQ(pods.find_pod_path(path_of(kUid)), path_of(kUid));
  EXPECT_EQ(pods.find_pod_path("/system.slice/ssh.service"), std::nullopt);
}

// Whoever may make cgroups within its own pod could name one after another pod.
TEST(PodDirectory, TakesThePodsOwnCgroupForNoOthers) {
  auto pods = directory();
  pods.put(shop());
  const std::string other = "99999999-0011-2233-4455-66778899aabb";
  pods.put(shop(other));
  EXPECT_EQ(pods.find_pod_path(path_of(kUid, kId) + path_of(other)), path_of(kUid));
}

TEST(PodDirectory, HasNoOwnCgroupOfAPodWhoseContainersStandBesideIt) {
  auto pods = directory();
  pods.put(shop());
  std::string name = "kubepods-burstable-pod" + kUid;
  for (char& c : name) c = c == '-' ? '_' : c;
  name.replace(0, sizeof("kubepods-burstable-pod") - 1, "kubepods-burstable-pod");
  const std::string triple = "/system.slice/" + name + ".slice:cri-containerd:" + kId;
  ASSERT_NE(pods.find_pod(triple), nullptr);
  EXPECT_EQ(pods.find_pod_path(triple), std::nullopt);
}

TEST(PodDirectory, FindsAStaticPodByTheKubeletsUid) {
  auto pods = directory();
  Pod pod = shop();
  pod.static_uid = "0123456789abcdef0123456789abcdef";
  pods.put(pod);
  EXPECT_EQ(pods.find(path_of(pod.static_uid)), (PodName{"shop", "web-0", ""}));
  pods.remove(kUid, seconds(0));
  pods.expire(minutes(5));
  EXPECT_EQ(pods.find(path_of(pod.static_uid)), std::nullopt);
}

TEST(PodDirectory, KeepsTheNameOfAContainerThatWasReplaced) {
  auto pods = directory();
  pods.put(shop());
  Pod restarted = shop();
  restarted.containers = {{std::string(64, 'b'), "nginx"}};
  pods.put(restarted);
  EXPECT_EQ(pods.find(path_of(kUid, kId))->container, "nginx");
  EXPECT_EQ(pods.find(path_of(kUid, std::string(64, 'b')))->container, "nginx");
}

TEST(PodDirectory, PrefersTheOuterOfTwoPodsOnAPath) {
  auto pods = directory();
  const std::string inner = "ffffffff-0011-2233-4455-66778899aabb";
  Pod other = shop(inner);
  other.name = "inner";
  pods.put(other);
  const std::string path = path_of(kUid, kId) + "/kubelet" + path_of(inner);
  EXPECT_EQ(pods.find(path)->pod, "inner");
  pods.put(shop());
  EXPECT_EQ(pods.find(path)->pod, "web-0");
}

}  // namespace
}  // namespace pagefare
