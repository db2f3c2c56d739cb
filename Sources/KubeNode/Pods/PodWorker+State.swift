package import Simulation

/// How far a Pod has come.
extension PodWorker {
  /// When the kubelet first saw it.
  package var begun: Moment { started }
  package var isOnHostNetwork: Bool { isHostNetwork }
  /// Nothing of it runs any more, nor will.
  package var isEndedWhole: Bool { isTerminatedWhole }

  var isTerminatedWhole: Bool {
    containers.allSatisfy { $0.process == nil } && (isTerminating || isFinished)
  }

  /// Every container has ended for good.
  var isFinished: Bool {
    isInitialized && containers.allSatisfy { $0.role == .ephemeral || $0.termination != nil }
  }
}
