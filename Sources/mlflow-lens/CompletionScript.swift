/// What makes a shell complete this program's words: a few lines that ask the program itself (`mlflow-lens complete`), so
/// that they know every tool's options and can propose ids from the store.
enum CompletionScript: String, CaseIterable {
  case bash, zsh, fish

  /// The script.
  var text: String {
    switch self {
    case .bash:
      #"""
      # bash completion for mlflow-lens.
      _mlflow_lens() {
        local IFS=$'\n' line
        COMPREPLY=()
        while IFS= read -r line; do
          case $line in
            :files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;;
            ?*) COMPREPLY+=("$(printf '%q' "${line%%$'\t'*}")") ;;
          esac
        done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
      }
      complete -F _mlflow_lens mlflow-lens

      """#
    case .zsh:
      #"""
      #compdef mlflow-lens
      # zsh completion for mlflow-lens.
      _mlflow_lens() {
        local line word
        local -a found
        for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
          case $line in
            :files) _files; return ;;
            ?*) word=${line%%$'\t'*}; found+=("${word//:/\\:}:${line#*$'\t'}") ;;
          esac
        done
        _describe mlflow-lens found
      }
      if [ "$funcstack[1]" = _mlflow_lens ]; then _mlflow_lens "$@"; else compdef _mlflow_lens mlflow-lens; fi

      """#
    case .fish:
      #"""
      # fish completion for mlflow-lens.
      function __mlflow_lens_complete
          set -l words (commandline -opc) (commandline -ct)
          for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
              if test "$line" = ":files"
                  __fish_complete_path (commandline -ct)
              else
                  printf '%s\n' $line
              end
          end
      end
      complete -c mlflow-lens -f -a "(__mlflow_lens_complete)"

      """#
    }
  }
}
