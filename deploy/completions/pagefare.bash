# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion for bash. What there is to complete is asked of the program, so that it is never out of
# date.

_pagefare_commands() {
  pagefare --help 2>/dev/null | sed -n '/^Subcommands:/,$ s/^  \([a-z][a-z-]*\) .*/\1/p'
}

_pagefare_options() {
  pagefare "$@" --help 2>/dev/null | sed -n 's/^  \(-[^ ]*\).*/\1/p' | tr ',' '\n'
}

_pagefare() {
  local word=${COMP_WORDS[COMP_CWORD]} command='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} != -* ]]; then
      command=${COMP_WORDS[i]}
      break
    fi
  done
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY <<<"$(compgen -W "$(_pagefare_options ${command:+"$command"})" -- "$word")"
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY <<<"$(compgen -W "$(_pagefare_commands)" -- "$word")"
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY <<<"$(compgen -f -- "$word")"
  fi
}

complete -F _pagefare pagefare
