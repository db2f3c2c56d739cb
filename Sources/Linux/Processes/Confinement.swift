/// What a container's processes are kept from, whoever they run as.
package struct Confinement: Hashable, Sendable {
  /// What they may have at most: the bounding set.
  package var bounding = Capabilities.all
  /// `allowPrivilegeEscalation: false`.
  package var forbidsNewPrivileges = false
  /// Whether a seccomp profile filters their system calls.
  package var filtersCalls = false

  package init() {}
}
