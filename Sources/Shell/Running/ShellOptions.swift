/// What `set -o` switches, by letter and name.
package struct ShellOptions: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let errexit = ShellOptions(rawValue: 1 << 0)
  package static let nounset = ShellOptions(rawValue: 1 << 1)
  package static let xtrace = ShellOptions(rawValue: 1 << 2)
  package static let pipefail = ShellOptions(rawValue: 1 << 3)
  package static let noglob = ShellOptions(rawValue: 1 << 4)
  package static let noexec = ShellOptions(rawValue: 1 << 5)
  package static let allexport = ShellOptions(rawValue: 1 << 6)
  package static let noclobber = ShellOptions(rawValue: 1 << 7)
  package static let verbose = ShellOptions(rawValue: 1 << 8)
  package static let notify = ShellOptions(rawValue: 1 << 9)
  package static let monitor = ShellOptions(rawValue: 1 << 10)
  package static let physical = ShellOptions(rawValue: 1 << 11)
  package static let errtrace = ShellOptions(rawValue: 1 << 12)
  package static let functrace = ShellOptions(rawValue: 1 << 13)
  package static let vi = ShellOptions(rawValue: 1 << 14)
  package static let emacs = ShellOptions(rawValue: 1 << 15)
  package static let ignoreeof = ShellOptions(rawValue: 1 << 16)
  package static let hashall = ShellOptions(rawValue: 1 << 17)
  package static let braceexpand = ShellOptions(rawValue: 1 << 18)
  package static let histexpand = ShellOptions(rawValue: 1 << 19)
  package static let history = ShellOptions(rawValue: 1 << 20)
  package static let onecmd = ShellOptions(rawValue: 1 << 21)
  package static let keyword = ShellOptions(rawValue: 1 << 22)
  package static let privileged = ShellOptions(rawValue: 1 << 23)
  package static let posix = ShellOptions(rawValue: 1 << 24)
  package static let interactiveComments = ShellOptions(rawValue: 1 << 25)
  package static let nolog = ShellOptions(rawValue: 1 << 26)

  /// In the order of `set -o`.
  static let all: [(name: String, letter: Character?, option: ShellOptions)] = [
    ("allexport", "a", .allexport), ("braceexpand", "B", .braceexpand), ("emacs", nil, .emacs),
    ("errexit", "e", .errexit), ("errtrace", "E", .errtrace), ("functrace", "T", .functrace),
    ("hashall", "h", .hashall), ("histexpand", "H", .histexpand), ("history", nil, .history),
    ("ignoreeof", nil, .ignoreeof), ("interactive-comments", nil, .interactiveComments),
    ("keyword", "k", .keyword), ("monitor", "m", .monitor), ("noclobber", "C", .noclobber),
    ("noexec", "n", .noexec), ("noglob", "f", .noglob), ("nolog", nil, .nolog),
    ("notify", "b", .notify), ("nounset", "u", .nounset), ("onecmd", "t", .onecmd),
    ("physical", "P", .physical), ("pipefail", nil, .pipefail), ("posix", nil, .posix),
    ("privileged", "p", .privileged), ("verbose", "v", .verbose), ("vi", nil, .vi),
    ("xtrace", "x", .xtrace),
  ]

  /// Those of dash, and BusyBox's, in the order of their own `set -o`.
  static func plain(in dialect: Dialect) -> [String] {
    [
      "errexit", "noglob", "ignoreeof", "interactive", "monitor", "noexec", "stdin", "xtrace",
      "verbose", "vi", "emacs", "noclobber", "allexport", "notify", "nounset",
    ] + (dialect.family == .ash ? ["pipefail"] : ["nolog", "debug"])
  }

  static func named(_ name: String) -> ShellOptions? { all.first { $0.name == name }?.option }
  static func named(_ name: String, in dialect: Dialect) -> ShellOptions? {
    dialect.isBash || plain(in: dialect).contains(name) ? named(name) : nil
  }
  static func lettered(_ letter: Character) -> ShellOptions? {
    all.first { $0.letter == letter }?.option
  }

  /// What `$-` shows, bar `i`, `s` and `c`.
  var letters: String {
    String(
      "abefhkmnptuvxBCEHPT".filter { letter in
        ShellOptions.lettered(letter).map { contains($0) } ?? false
      })
  }
}
