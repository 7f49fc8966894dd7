# SPDX-License-Identifier: Apache-2.0
# Reads ctest's JUnit file: shows the output of what failed, the reason of each skip, and ends
# with "N passed, N failed, N skipped". Exit status 1 when something failed or nothing ran.
# -v again=FILE: FILE, given first, is of what failed and was run once more, alone.

function unescaped(text) {
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text); gsub(/&amp;/, "\\&", text)
  return text
}

function attribute(line, name,   start) {
  start = index(line, " " name "=\"")
  if (!start) return ""
  line = substr(line, start + length(name) + 3)
  return unescaped(substr(line, 1, index(line, "\"") - 1))
}

# GoogleTest prints "FILE:LINE: Skipped", the text given to GTEST_SKIP(), "[  SKIPPED ] NAME";
# other programs say "SKIP: reason" on a line of their own.
function skip_reason(text,   lines, n, i, reason) {
  n = split(text, lines, "\n")
  for (i = 1; i <= n; i++) {
    if (lines[i] ~ /^SKIP: /) return substr(lines[i], 7)
    if (lines[i] !~ /: Skipped$/) continue
    for (i++; i <= n && lines[i] !~ /^\[  SKIPPED \]/; i++)
      if (lines[i] != "") reason = reason (reason == "" ? "" : " ") lines[i]
    break
  }
  return reason == "" ? "no reason given: name the missing feature in the test" : reason
}

function settle() {
  if (again != "" && FILENAME == again) {
    if (status == "run") passed_alone[name] = 1
    return
  }
  if (status == "run") passed++
  else if (skipped ~ /^SKIP_/) skips[++nskips] = name ": " skip_reason(output)
  else if (status == "disabled") skips[++nskips] = name ": disabled in the source"
  else if (name in passed_alone) {
    passed++
    unsteady[++nunsteady] = name
    print "\nFAILED AT FIRST " name
    print output
  } else {
    failed++
    print "\nFAILED " name (failure == "" ? "" : " (" failure ")") (skipped == "" ? "" : " (" skipped ")")
    print output
  }
}

/^[ \t]*<testcase / {
  name = attribute($0, "name"); sub(/ +# GetParam.*/, "", name); status = attribute($0, "status")
  output = skipped = failure = ""; inside = 1
}
inside && /^[ \t]*<skipped / { skipped = attribute($0, "message") }
inside && /^[ \t]*<failure / { failure = attribute($0, "message") }
inside && /^[ \t]*<system-out>/ { sub(/^[ \t]*<system-out>/, ""); collecting = 1 }
collecting {
  last = sub(/<\/system-out>.*/, "")
  output = output unescaped($0) "\n"
  if (last) collecting = 0
}
/^[ \t]*<\/testcase>/ || (inside && /^[ \t]*<testcase .*\/>/) { if (inside) settle(); inside = 0 }

END {
  if (nskips) print "\nSKIPPED " nskips (nskips == 1 ? " test:" : " tests:")
  for (i = 1; i <= nskips; i++) print "  " skips[i]
  if (nunsteady) print "\nFAILED BESIDE OTHERS, PASSED ALONE: " nunsteady
  for (i = 1; i <= nunsteady; i++) print "  " unsteady[i]
  if (!passed && !failed) print "\nno test ran"
  printf "\n%d passed, %d failed, %d skipped\n", passed, failed, nskips
  exit !(passed && !failed)
}
