#compdef pagefare
# SPDX-License-Identifier: Apache-2.0
# Completion for zsh. What there is to complete is asked of the program, so that it is never out of
# date.

local -a commands options
local command=${words[2,CURRENT-1][(r)[a-z]*]}
if [[ $PREFIX == -* ]]; then
  options=(${(f)"$(pagefare $command --help 2>/dev/null | sed -n 's/^  \(-[^ ]*\).*/\1/p' | tr ',' '\n')"})
  compadd -a options
elif [[ -z $command ]]; then
  commands=(${(f)"$(pagefare --help 2>/dev/null | sed -n '/^Subcommands:/,$ s/^  \([a-z][a-z-]*\)  *\(.*\)/\1:\2/p')"})
  _describe command commands
else
  _files
fi
