// SPDX-License-Identifier: Apache-2.0
#include "controller/core/pods/pod_cgroup.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pagefare {
namespace {

const std::string kId(64, 'a');
const std::string kUid = "0a1b2c3d-0011-2233-4455-66778899aabb";
const std::string kUidInSlice = "0a1b2c3d_0011_2233_4455_66778899aabb";
const std::string kPodSlice =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + kUidInSlice + ".slice";
using Pods = std::vector<PodCgroup>;

TEST(PodCgroup, IsReadFromTheSystemdDriverOfEachRuntime) {
  for (const std::string runtime : {"cri-containerd-", "crio-", "docker-", "libpod-"}) {
    EXPECT_EQ(pods_on_path(kPodSlice + "/" + runtime + kId + ".scope"), (Pods{{kUid, kId}}));
  }
}

TEST(PodCgroup, IsReadFromTheCgroupfsDriver) {
  EXPECT_EQ(pods_on_path("/kubepods/besteffort/pod" + kUid + "/" + kId), (Pods{{kUid, kId}}));
  EXPECT_EQ(pods_on_path("/kubepods/pod" + kUid + "/crio-" + kId), (Pods{{kUid, kId}}));
}

TEST(PodCgroup, OfAGuaranteedPodHasNoClass) {
  EXPECT_EQ(pods_on_path("/kubepods.slice/kubepods-pod" + kUidInSlice + ".slice"),
            (Pods{{kUid, ""}}));
}

TEST(PodCgroup, IsReadFromATripleInOneComponent) {
  EXPECT_EQ(pods_on_path("/system.slice/containerd.service/kubepods-besteffort-pod" + kUidInSlice +
                         ".slice:cri-containerd:" + kId),
            (Pods{{kUid, kId}}));
}

TEST(PodCgroup, IsFoundBelowANodeThatIsAContainer) {
  EXPECT_EQ(pods_on_path("/docker/" + std::string(64, 'b') + "/kubelet/kubepods/burstable/pod" +
                         kUid + "/" + kId),
            (Pods{{kUid, kId}}));
  EXPECT_EQ(pods_on_path("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
                         "kubelet-kubepods-burstable-pod" +
                         kUidInSlice + ".slice/cri-containerd-" + kId + ".scope"),
            (Pods{{kUid, kId}}));
}

TEST(PodCgroup, OfAClusterInAContainerComesAfterThatOfTheContainer) {
  const std::string inner = "ffffffff-0011-2233-4455-66778899aabb";
  EXPECT_EQ(pods_on_path(kPodSlice + "/cri-containerd-" + kId + ".scope/kubelet/kubepods/pod" +
                         inner + "/" + std::string(64, 'c')),
            (Pods{{kUid, kId}, {inner, std::string(64, 'c')}}));
}

TEST(PodCgroup, CoversWhatAContainerMadeWithinItself) {
  EXPECT_EQ(pods_on_path(kPodSlice + "/cri-containerd-" + kId + ".scope/init.scope/" + kId),
            (Pods{{kUid, kId}}));
}

TEST(PodCgroup, OfTheRuntimesMonitorIsNoContainer) {
  EXPECT_EQ(pods_on_path(kPodSlice + "/crio-conmon-" + kId + ".scope"), (Pods{{kUid, ""}}));
}

TEST(PodCgroup, OfAStaticPodHasAHashForAnUid) {
  const std::string hash = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(pods_on_path("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + hash +
                         ".slice"),
            (Pods{{hash, ""}}));
}

TEST(PodCgroup, IsNothingElse) {
  for (const std::string& path :
       {std::string("/"), std::string(), std::string("/system.slice/sshd.service"),
        std::string("/kubepods.slice"), std::string("/kubepods/burstable"),
        "/user.slice/pod" + kUid, std::string("/kubepods/podium"),
        std::string("/kubepods.slice/kubepods-pod.slice"), "/docker/" + kId,
        "/x/-pod" + kUidInSlice + ".slice", std::string("//:://")}) {
    EXPECT_TRUE(pods_on_path(path).empty()) << path;
  }
}

}  // namespace
}  // namespace pagefare
