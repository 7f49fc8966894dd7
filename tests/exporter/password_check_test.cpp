// SPDX-License-Identifier: Apache-2.0
#include "exporter/password_check.h"

#include <crypt.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace pagefare::test {
namespace {

using namespace std::string_literals;

/// Of the lowest cost, so that the tests are quick.
std::string bcrypt(const std::string& password, const std::string& version = "$2y$") {
  const auto room = std::make_unique<crypt_data>();
  return crypt_r(password.c_str(), (version + "04$abcdefghijklmnopqrstuu").c_str(), room.get());
}

TEST(PasswordCheck, AdmitsEverybodyWithoutUsers) {
  PasswordCheck check({});
  EXPECT_FALSE(check.is_asked_for());
  EXPECT_TRUE(check.admits("", ""));
}

TEST(PasswordCheck, AdmitsAUserWithTheRightPasswordAlone) {
  PasswordCheck check({{"alice", bcrypt("one")}, {"bob", bcrypt("two")}});
  EXPECT_TRUE(check.is_asked_for());
  EXPECT_TRUE(check.admits("alice", "one"));
  EXPECT_TRUE(check.admits("bob", "two"));
  EXPECT_FALSE(check.admits("alice", "two"));
  EXPECT_FALSE(check.admits("alice", ""));
  EXPECT_FALSE(check.admits("", "one"));
}

TEST(PasswordCheck, DoesNotAdmitAnUnknownUserWithAnothersPassword) {
  PasswordCheck check({{"alice", bcrypt("one")}});
  EXPECT_FALSE(check.admits("mallory", "one"));
}

TEST(PasswordCheck, KeepsToItsAnswers) {
  PasswordCheck check({{"alice", bcrypt("one")}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(check.admits("alice", "one"));
    EXPECT_FALSE(check.admits("alice", "One"));
    EXPECT_FALSE(check.admits("alic", "eone"));
  }
}

TEST(PasswordCheck, RefusesAPasswordThatGoesOnAfterItsEnd) {
  PasswordCheck check({{"alice", bcrypt("one")}});
  EXPECT_FALSE(check.admits("alice", "one\0more"s));
}

TEST(PasswordCheck, KnowsEveryVersionOfTheHash) {
  for (const char* version : {"$2a$", "$2b$", "$2y$"}) {
    PasswordCheck check({{"alice", bcrypt("one", version)}});
    EXPECT_TRUE(check.admits("alice", "one")) << version;
  }
}

/// Made by htpasswd -nbBC 5 "" hello.
TEST(PasswordCheck, AdmitsByAHashOfHtpasswd) {
  const std::map<std::string, std::string> users{
      {"alice", "$2y$05$n78AylfnkbNvYEnVlRwTlu2SidfvR5j5.50qQnZ5GTLWDmin/anuy"}};
  PasswordCheck check(users);
  EXPECT_TRUE(check.admits("alice", "hello"));
}

}  // namespace
}  // namespace pagefare::test
