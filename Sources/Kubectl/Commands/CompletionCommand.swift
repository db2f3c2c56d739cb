/// kubectl completion: scripts by which a shell asks `kubectl __complete` what could follow.
enum CompletionCommand {
  static let specification = CommandSpecification(
    name: "completion", usage: "completion SHELL",
    summary: "Output shell completion code for the specified shell (bash, zsh, fish, or "
      + "powershell)",
    about: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell). "
      + "The code is for the shell to evaluate.",
    examples: [
      ("In this bash", "source <(kubectl completion bash)"),
      (
        "In every bash, under a shorter name too",
        "echo 'source <(kubectl completion bash)' >>~/.bashrc\n"
          + "  echo 'alias k=kubectl; complete -o default -F __start_kubectl k' >>~/.bashrc"
      ),
      ("In this zsh", "source <(kubectl completion zsh)"),
    ],
    run: { call in
      guard let shell = call.arguments.first else {
        throw CommandError.usage("Shell not specified.")
      }
      guard call.arguments.count == 1 else {
        throw CommandError.usage("Too many arguments. Expected only the shell type.")
      }
      guard let script = scripts[shell] else {
        throw CommandError.usage("Unsupported shell type \(Go.quoted(shell)).")
      }
      call.output.print(script)
    })

  private static let scripts = [
    "bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell,
  ]

  private static let bash = #"""

    # bash completion for kubectl: asks kubectl itself.
    __start_kubectl() {
        local line words word count directive
        COMPREPLY=()
        words=("${COMP_WORDS[@]:1:COMP_CWORD}")
        count=0
        directive=0
        while IFS= read -r line; do
            case "$line" in
                :*) directive="${line#:}" ;;
                *)
                    word="${line%%$'\t'*}"
                    if [[ -n "$word" && "$word" == "${COMP_WORDS[COMP_CWORD]}"* ]]; then
                        COMPREPLY+=("$word")
                    fi
                    ;;
            esac
        done < <(kubectl __completeNoDesc "${words[@]}" 2>/dev/null)
        if (( directive & 2 )); then
            compopt -o nospace 2>/dev/null
        fi
    }
    complete -o default -F __start_kubectl kubectl

    """#

  private static let zsh = #"""
    #compdef kubectl
    compdef _kubectl kubectl

    # zsh completion for kubectl: asks kubectl itself.
    _kubectl() {
        local -a found
        local line
        while IFS= read -r line; do
            case "$line" in
                :*) ;;
                *) found+=("${line/$'\t'/:}") ;;
            esac
        done < <(kubectl __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
        _describe 'kubectl' found
    }

    if [ "$funcstack[1]" = "_kubectl" ]; then
        _kubectl
    fi

    """#

  private static let fish = #"""
    # fish completion for kubectl: asks kubectl itself.
    function __kubectl_complete
        set -l words (commandline -opc) (commandline -ct)
        kubectl __complete $words[2..-1] 2>/dev/null | string match -v ':*'
    end
    complete -c kubectl -e
    complete -c kubectl -f -a '(__kubectl_complete)'

    """#

  private static let powershell = #"""
    # powershell completion for kubectl: asks kubectl itself.
    Register-ArgumentCompleter -Native -CommandName 'kubectl' -ScriptBlock {
        param($WordToComplete, $CommandAst, $CursorPosition)
        $Words = @($CommandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
        if ($WordToComplete -eq '') { $Words += '' }
        kubectl __completeNoDesc @Words 2>$null | Where-Object { $_ -notlike ':*' }
    }

    """#
}
