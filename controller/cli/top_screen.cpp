// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/top_screen.h"

#define NCURSES_NOMACROS
#include <curses.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <optional>

#include "exporter/top_view.h"

namespace pagefare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kKeyPatienceMs = 100;
constexpr int kControlC = 3;
constexpr short kTroubleColour = 1;
constexpr short kHeadingColour = 2;

// The terminal in full-screen state; gives it back when it dies.
class Terminal {
 public:
  static std::optional<Terminal> open(bool colour) {
    SCREEN* screen = ::newterm(nullptr, stdout, stdin);
    if (screen == nullptr) {
      return std::nullopt;
    }
    ::raw();  // Ctrl-C is a key, so that leaving is always in order
    ::noecho();
    ::nonl();
    ::keypad(stdscr, true);
    ::curs_set(0);
    ::wtimeout(stdscr, kKeyPatienceMs);
    if (colour && ::has_colors()) {
      ::start_color();
      ::use_default_colors();
      ::init_pair(kTroubleColour, COLOR_RED, -1);
      ::init_pair(kHeadingColour, COLOR_CYAN, -1);
      return Terminal(screen, true);
    }
    return Terminal(screen, false);
  }

  Terminal(Terminal&& other) noexcept
      : screen_(std::exchange(other.screen_, nullptr)), colour_(other.colour_) {}
  Terminal& operator=(Terminal&&) = delete;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (screen_ != nullptr) {
      ::endwin();
      ::delscreen(screen_);
    }
  }

  void show(const std::vector<ViewLine>& lines) const {
    ::werase(stdscr);
    for (int row = 0; const ViewLine& line : lines) {
      const attr_t look = look_of(line.style);
      ::wattron(stdscr, static_cast<int>(look));
      ::mvwaddnstr(stdscr, row++, 0, line.text.c_str(), -1);
      ::wattroff(stdscr, static_cast<int>(look));
    }
    ::wrefresh(stdscr);
  }

 private:
  Terminal(SCREEN* screen, bool colour) : screen_(screen), colour_(colour) {}

  attr_t look_of(LineStyle style) const {
    switch (style) {
      case LineStyle::kTitle:
      case LineStyle::kSum:
        return A_BOLD;
      case LineStyle::kHeading:
        return A_REVERSE | (colour_ ? static_cast<attr_t>(COLOR_PAIR(kHeadingColour)) : A_NORMAL);
      case LineStyle::kTrouble:
        return A_BOLD | (colour_ ? static_cast<attr_t>(COLOR_PAIR(kTroubleColour)) : A_NORMAL);
      case LineStyle::kPlain:
        break;
    }
    return A_NORMAL;
  }

  SCREEN* screen_;
  bool colour_;
};

TopKey key_of(int code) {
  switch (code) {
    case 'b':
      return TopKey::kBytes;
    case 'c':
      return TopKey::kCpu;
    case 'o':
      return TopKey::kOutside;
    case 'n':
      return TopKey::kName;
    case 'v':
      return TopKey::kView;
    case 'r':
      return TopKey::kReverse;
    case 'h':
    case '?':
      return TopKey::kHelp;
    case 'q':
    case kControlC:
      return TopKey::kQuit;
    case KEY_UP:
    case 'k':
      return TopKey::kUp;
    case KEY_DOWN:
    case 'j':
      return TopKey::kDown;
    case KEY_PPAGE:
      return TopKey::kPageUp;
    case KEY_NPAGE:
    case ' ':
      return TopKey::kPageDown;
    case KEY_HOME:
    case 'g':
      return TopKey::kHome;
    case KEY_END:
    case 'G':
      return TopKey::kEnd;
    default:
      return TopKey::kOther;
  }
}

// Asks in the background, so that keys work while the daemon does not answer.
class Questions {
 public:
  Questions(const StatusFetch& fetch, std::chrono::milliseconds interval)
      : fetch_(fetch), interval_(interval) {}

  /// The answer, once; starts the next question when it is time.
  std::optional<Result<std::string>> poll(Clock::time_point now) {
    if (answer_.valid()) {
      if (answer_.wait_for(std::chrono::seconds{0}) == std::future_status::ready) {
        return answer_.get();
      }
    } else if (now >= next_) {
      next_ = now + interval_;
      answer_ = std::async(std::launch::async, fetch_);
    }
    return std::nullopt;
  }

 private:
  const StatusFetch& fetch_;
  std::chrono::milliseconds interval_;
  Clock::time_point next_;
  std::future<Result<std::string>> answer_;
};

Nanoseconds monotonic(Clock::time_point now) {
  return Nanoseconds(now.time_since_epoch());
}

bool press_all_keys(TopView& view, bool& pressed) {
  for (int code = ::wgetch(stdscr); code != ERR; code = ::wgetch(stdscr)) {
    pressed = true;
    if (!view.press(key_of(code))) {
      return false;
    }
    if (code == KEY_RESIZE) {
      return true;
    }
    ::wtimeout(stdscr, 0);  // drain what was typed, then draw once
  }
  ::wtimeout(stdscr, kKeyPatienceMs);
  return true;
}

void draw(const Terminal& terminal, TopView& view) {
  const auto height = static_cast<std::size_t>(std::max(getmaxy(stdscr), 1));
  const auto width = static_cast<std::size_t>(std::max(getmaxx(stdscr), 1));
  terminal.show(view.draw(width, height, monotonic(Clock::now())));
}

}  // namespace

Result<void> run_top_screen(const StatusFetch& fetch, const TopScreenSettings& settings,
                            const std::stop_token& stop) {
  // Names may hold any letters; the rest of the program keeps the C locale's numbers.
  std::setlocale(LC_CTYPE, "");
  if (::isatty(STDOUT_FILENO) == 0 || ::isatty(STDIN_FILENO) == 0) {
    return fail("top: standard input and output are no terminal; use `pagefare top --once`");
  }
  const std::optional<Terminal> terminal = Terminal::open(settings.colour);
  if (!terminal) {
    const char* kind = std::getenv("TERM");
    return fail(std::string("top: the terminal type TERM=") + (kind == nullptr ? "" : kind) +
                " is not known; set TERM or use `pagefare top --once`");
  }
  TopView view(settings.order);
  Questions questions(fetch, settings.interval);
  Nanoseconds drawn{};
  while (!stop.stop_requested()) {
    bool changed = false;
    if (const auto answer = questions.poll(Clock::now())) {
      view.take(*answer, monotonic(Clock::now()));
      changed = true;
    }
    // Once a second anyway: a message may show how long there was no answer.
    if (changed || monotonic(Clock::now()) - drawn >= std::chrono::seconds{1}) {
      draw(*terminal, view);
      drawn = monotonic(Clock::now());
    }
    bool pressed = false;
    if (!press_all_keys(view, pressed)) {
      break;
    }
    if (pressed) {
      draw(*terminal, view);
    }
  }
  return {};
}

}  // namespace pagefare
