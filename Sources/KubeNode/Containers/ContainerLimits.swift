package import Linux

/// What a container's control group allows it, and what it asks for.
package struct ContainerLimits: Hashable, Sendable {
  /// Bytes; nil: unlimited.
  package var memory: Int64?
  /// Thousandths of a core; nil: unlimited.
  package var processors: Int64?
  /// Thousandths of a core that it is to get when others want some too.
  package var processorRequest: Int64?

  package init() {}
}

extension Machine {
  /// Sets the control group of the container that it is.
  package func apply(_ limits: ContainerLimits) {
    memoryLimit = limits.memory.map { Int(clamping: $0) }
    quota.limit = limits.processors
    processorRequest = limits.processorRequest
    checkMemory()
  }
}
