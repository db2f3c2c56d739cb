extension Builtin {
  /// Every builtin of bash that is here.
  package static let all: [Builtin] = [
    colon, truth, falsehood, echo, printf, cd, pwd, pushd, popd, dirs, export, readonly, declare,
    typeset, local, unset, set, shift, test, bracket, read, mapfile, readarray, eval, source, dot,
    exec, exit, returning, breaking, continuing, trap, wait, jobs, foreground, background, disown,
    kill, alias, unalias, type, command, builtinCommand, hash, help, history, getopts, letting,
    umask, ulimit, times, shopt, enable, logout, complete, compgen, compopt, bind,
  ]

  /// What dash and ash do not have.
  private static let onlyInBash: Set<String> = [
    "pushd", "popd", "dirs", "declare", "typeset", "mapfile", "readarray", "disown", "builtin",
    "help", "shopt", "enable", "logout", "complete", "compgen", "compopt", "bind",
  ]
  private static let notInDash: Set<String> = ["source", "let", "history"]

  static func table(for dialect: Dialect) -> [String: Builtin] {
    var table: [String: Builtin] = [:]
    for builtin in all {
      if !dialect.isBash, onlyInBash.contains(builtin.name) { continue }
      if dialect.family == .dash, notInDash.contains(builtin.name) { continue }
      table[builtin.name] = builtin
    }
    return table
  }
}
