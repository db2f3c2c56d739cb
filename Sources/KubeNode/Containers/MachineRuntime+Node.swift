import Linux
package import Simulation

/// What the runtime knows of its node.
extension MachineRuntime {
  /// runc under its usual name, and the sandbox that learners meet in RuntimeClasses.
  package var handlers: Set<String> { ["runc", "runsc"] }

  /// Processor time that the container's processes have used; none while nobody looked into it.
  package func cpuTime(of plan: ContainerPlan) -> Span { embodied(plan)?.cpuTime ?? .zero }

  /// Bytes that its processes hold.
  package func memory(of plan: ContainerPlan) -> Int {
    embodied(plan)?.processes.values.reduce(0) { $0 + min($1.memory, 1 << 45) } ?? 0
  }
}
