// SPDX-License-Identifier: Apache-2.0
// Everything learned about a machine: a belief per class of copies, what each costs in CPU, how
// noisy measurements are. A class never seen starts from the most similar one that was.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "controller/core/steer/belief.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

/// A line of a published or calibrated table, as a prior.
struct PriorRow {
  CopyClass copy_class;
  Setting setting;
  double gbps = 0.0;
};

/// Where a prior was measured. Of another machine shapes are trusted, but hardly levels.
enum class PriorSource : std::uint8_t { kThisMachine, kOtherMachine };

struct ClassKnowledge {
  Belief belief;
  std::vector<std::optional<double>> busy_cpus;  ///< while copying, per setting
  std::uint64_t last_period = 0;
  std::uint64_t first_period = 0;
  std::optional<std::size_t> last_setting;
  double last_log_rate = 0.0;
  double cusum_up = 0.0;                   ///< evidence that the rate is above what is believed
  double cusum_down = 0.0;                 ///< and below
  std::optional<std::size_t> anchored_at;  ///< setting whose rate was noted as settled
  double anchor = 0.0;                     ///< that log rate
  double anchor_variance = 0.0;
};

/// An unexplained change of a known class, as a difference of log rates; never negative.
using Surprise = double;

class Knowledge {
 public:
  Knowledge() = default;
  explicit Knowledge(SettingSpace space);

  /// Rows of settings that this machine lacks are passed over.
  void learn_prior(const std::vector<PriorRow>& rows, PriorSource source);

  /// Takes in one measurement at settings()[setting]. Returns the largest surprise, 0 if none.
  Surprise learn(const ClassSample& sample, std::size_t setting, std::uint64_t period);

  /// Notes the present level of a class, so that slow change can be told from noise later.
  void anchor(const CopyClass& copy_class, std::size_t setting);

  const ClassKnowledge* find(const CopyClass& copy_class) const;
  /// CPUs busy while this class is copied at this setting; a guess where it was not measured.
  double busy_cpus(const CopyClass& copy_class, std::size_t setting) const;
  double noise_variance() const { return noise_variance_; }
  const SettingSpace& space() const { return space_; }
  std::size_t classes() const { return classes_.size(); }

 private:
  std::vector<PriorRow> plausible(std::vector<PriorRow> rows) const;
  ClassKnowledge introduce(const CopyClass& copy_class) const;
  void make_room();
  void learn_noise(const ClassKnowledge& known, std::size_t setting, double log_rate,
                   std::uint64_t period);

  SettingSpace space_;
  Law law_;
  std::map<CopyClass, ClassKnowledge> classes_;
  std::map<CopyClass, Belief> prior_;
  double prior_penalty_ = 0.0;  ///< as a distance between classes
  double misfit_ =
      1.0;  ///< how much worse than it claims the law predicts here, as a variance ratio
  double misfit_weight_ = 10.0;
  double noise_variance_ = 0.01;
  double noise_weight_ = 10.0;
};

/// How unlike two classes are: 0 for the same, about 1 for a factor of eight in size or batch.
double distance(const CopyClass& a, const CopyClass& b);

}  // namespace pagefare::steer
