/// Which shell is spoken: what it understands and how it words its complaints.
package struct Dialect: Hashable, Sendable {
  package enum Family: Sendable { case bash, dash, ash }
  package let family: Family

  package static let bash = Dialect(family: .bash)
  /// Debian's and Ubuntu's /bin/sh.
  package static let dash = Dialect(family: .dash)
  /// BusyBox's and Alpine's /bin/sh.
  package static let ash = Dialect(family: .ash)

  var isBash: Bool { family == .bash }
  /// What bash has and BusyBox took over: `[[ ]]`, `source`, `function`, `$'…'`, `${x/a/b}`.
  var hasBashisms: Bool { family != .dash }
  var echoInterpretsEscapes: Bool { family == .dash }
  var expandsAliasesInScripts: Bool { family != .bash }
}
