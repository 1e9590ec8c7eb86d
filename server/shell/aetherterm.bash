# Tells AetherTerm where prompts, commands and their output begin and end (OSC 133), the directory (OSC 7), and the trace
# context that commands inherit.
#
# Bash is started in POSIX mode with this file in ENV, the one start-up file that it reads then, login shell or not. So the
# user's own files are untouched and read here, in the order that bash(1) gives.

if [[ -n ${__aetherterm_started-} ]]; then return; fi
__aetherterm_started=1
builtin set +o posix
builtin shopt -u inherit_errexit
builtin unset ENV
# Without it, POSIX mode would have made ~/.sh_history the history.
builtin export -n HISTFILE

if builtin shopt -q login_shell; then
    [[ -r /etc/profile ]] && builtin source /etc/profile
    for __aetherterm_file in ~/.bash_profile ~/.bash_login ~/.profile; do
        if [[ -r $__aetherterm_file ]]; then
            builtin source "$__aetherterm_file"
            break
        fi
    done
    builtin unset __aetherterm_file
else
    [[ -r /etc/bash.bashrc ]] && builtin source /etc/bash.bashrc
    [[ -r ~/.bashrc ]] && builtin source ~/.bashrc
fi

# Percent-encodes what would end a sequence or one of its fields.
__aetherterm_encode() {
    local text=$1
    text=${text//%/%25}
    text=${text//;/%3B}
    text=${text//$'\n'/%0A}
    text=${text//[[:cntrl:]]/%20}
    builtin printf '%s' "$text"
}

# A context for the next command, since a child inherits only what is set before.
__aetherterm_trace() {
    [[ -n ${AETHERTERM_TRACE-} ]] || return 0
    local ids flags=00
    if [[ -n ${SRANDOM-} ]]; then
        builtin printf -v ids '%08x' $SRANDOM $SRANDOM $SRANDOM $SRANDOM $SRANDOM $SRANDOM
    else
        builtin printf -v ids '%04x' $((RANDOM * 2 + 1)) $RANDOM $RANDOM $RANDOM $((RANDOM * 2 + 1)) $RANDOM \
            $RANDOM $RANDOM $((RANDOM * 2 + 1)) $RANDOM $RANDOM $RANDOM
    fi
    # So many of 65,536 are recorded.
    if ((16#${ids:16:4} < AETHERTERM_TRACE)); then flags=01; fi
    builtin export TRACEPARENT="00-${ids:0:32}-${ids:32:16}-$flags"
    builtin printf '\e]633;P;Traceparent=%s\a' "$TRACEPARENT"
}

# First of all that runs before a prompt, to see the command's status, which it hands on.
__aetherterm_before() {
    local status=$?
    builtin printf '\e]133;D;%s\a\e]7;file://%s' "$status" "${HOSTNAME-}"
    __aetherterm_encode "$PWD"
    builtin printf '\a'
    return "$status"
}

# Last of them: a theme may just have written the prompt anew.
__aetherterm_after() {
    local status=$?
    if [[ $PS1 != *'133;A'* ]]; then
        PS1='\[\e]133;A\a\]'$PS1'\[\e]133;B\a\]'
    fi
    if [[ ${PS0-} != *__aetherterm_started_command* ]]; then
        PS0=${PS0-}'$(__aetherterm_started_command)'
    fi
    __aetherterm_trace
    return "$status"
}

# Between reading a line and running it. The history tells what was typed, except what the user keeps out of it: then its
# newest number has been told before.
__aetherterm_started_command() {
    local HISTTIMEFORMAT= line
    line=$(builtin history 1)
    line=${line#"${line%%[! ]*}"}
    if [[ -n $line && ${line%%[!0-9]*} != "$__aetherterm_told" ]]; then
        line=${line#*[0-9] }
        builtin printf '\e]133;C;cmdline_url=%s\a' "$(__aetherterm_encode "${line#"${line%%[! ]*}"}")"
    else
        builtin printf '\e]133;C\a'
    fi
}

# The number of the newest line of the history, which the next command will exceed.
__aetherterm_remember() {
    local status=$? HISTTIMEFORMAT= line
    line=$(builtin history 1)
    line=${line#"${line%%[! ]*}"}
    __aetherterm_told=${line%%[!0-9]*}
    return "$status"
}

if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
    PROMPT_COMMAND=(__aetherterm_before "${PROMPT_COMMAND[@]}" __aetherterm_remember __aetherterm_after)
else
    PROMPT_COMMAND=__aetherterm_before${PROMPT_COMMAND:+$'\n'$PROMPT_COMMAND}$'\n__aetherterm_remember\n__aetherterm_after'
fi
