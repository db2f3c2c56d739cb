/// What a container's processes are kept from, whoever they run as.
package struct Confinement: Hashable, Sendable {
  /// What they may have at most: the bounding set.
  package var bounding = Capabilities.all
  /// `allowPrivilegeEscalation: false`.
  package var forbidsNewPrivileges = false
  /// Whether a seccomp profile filters their system calls.
  package var filtersCalls = false
  /// What their user 0 is to the machine: of a user namespace of their own, which has 65536 ids; nil:
  /// the ids are the machine's.
  package var firstID: Int?

  package init() {}
}
