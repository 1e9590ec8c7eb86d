# Tells AetherTerm where prompts, commands and their output begin and end (OSC 133), the directory (OSC 7), and the trace
# context that commands inherit.
#
# fish finds this file by XDG_DATA_DIRS, which is set back at once.

status is-interactive; or exit 0
set -q AETHERTERM_FISH; or exit 0
set -e AETHERTERM_FISH
if set -q AETHERTERM_XDG_DATA_DIRS
    set -gx XDG_DATA_DIRS $AETHERTERM_XDG_DATA_DIRS
    set -e AETHERTERM_XDG_DATA_DIRS
else
    set -e XDG_DATA_DIRS
end

if set -q AETHERTERM_TRACE
    function __aetherterm_trace --on-event fish_preexec
        set -l ids
        set -l flags 00
        for n in (seq 12)
            set -l part (random 1 65535)
            # So many of 65,536 are recorded.
            if test $n -eq 5 -a $part -lt "$AETHERTERM_TRACE"
                set flags 01
            end
            set -a ids (printf '%04x' $part)
        end
        set -gx TRACEPARENT (printf '00-%s%s%s%s%s%s%s%s-%s%s%s%s-%s' $ids $flags)
        printf '\e]633;P;Traceparent=%s\a' $TRACEPARENT
    end
end

# From version 4 on fish writes the marks itself.
if string match -qr '^[1-3]\.' -- $version
    function __aetherterm_prompt --on-event fish_prompt
        printf '\e]7;file://%s%s\a\e]133;A\a' $hostname (string escape --style=url -- $PWD)
    end

    function __aetherterm_preexec --on-event fish_preexec
        printf '\e]133;C;cmdline_url=%s\a' (string escape --style=url -- $argv[1] | string join '%0A')
    end

    function __aetherterm_postexec --on-event fish_postexec
        printf '\e]133;D;%s\a' $status
    end
end
