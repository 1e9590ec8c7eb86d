# Tells AetherTerm where prompts, commands and their output begin and end (OSC 133), the directory (OSC 7), and the trace
# context that commands inherit.
#
# ZDOTDIR leads zsh here first. It is set back at once, so that all of the user's own files are read as usual.

if [[ -n ${AETHERTERM_ZDOTDIR+set} ]]; then
    export ZDOTDIR=$AETHERTERM_ZDOTDIR
    unset AETHERTERM_ZDOTDIR
else
    unset ZDOTDIR
fi
[[ -r ${ZDOTDIR:-$HOME}/.zshenv ]] && source "${ZDOTDIR:-$HOME}/.zshenv"

[[ -o interactive ]] || return 0

# Percent-encodes what would end a sequence or one of its fields.
__aetherterm_encode() {
    builtin emulate -L zsh
    local text=$1
    text=${text//\%/%25}
    text=${text//;/%3B}
    text=${text//$'\n'/%0A}
    text=${text//[[:cntrl:]]/%20}
    builtin print -rn -- $text
}

__aetherterm_precmd() {
    local exit_status=$?
    builtin emulate -L zsh
    builtin print -n "\e]133;D;$exit_status\a\e]7;file://$HOST$(__aetherterm_encode "$PWD")\a"
    # A theme may just have written the prompt anew.
    if [[ $PS1 != *'133;A'* ]]; then
        PS1=$'%{\e]133;A\a%}'$PS1$'%{\e]133;B\a%}'
    fi
}

__aetherterm_preexec() {
    builtin emulate -L zsh
    if [[ -n ${AETHERTERM_TRACE-} ]]; then
        local ids= flags=00
        repeat 12; do ids+=$(( [##16] RANDOM * 2 + 1 + 0x10000 )); done
        # Each part is a digit longer than it counts, so that none loses its zeros.
        local -a parts=( ${(s::)ids} )
        ids=
        local n
        for (( n = 0; n < 12; n++ )); do ids+=${(j::)parts[n*5+2,n*5+5]}; done
        ids=${(L)ids}
        # So many of 65,536 are recorded.
        if (( 16#${ids[17,20]} < AETHERTERM_TRACE )); then flags=01; fi
        export TRACEPARENT=00-${ids[1,32]}-${ids[33,48]}-$flags
        builtin print -n "\e]633;P;Traceparent=$TRACEPARENT\a"
    fi
    builtin print -n "\e]133;C;cmdline_url=$(__aetherterm_encode "$1")\a"
}

builtin typeset -ga precmd_functions preexec_functions
precmd_functions=( __aetherterm_precmd $precmd_functions )
preexec_functions+=( __aetherterm_preexec )
