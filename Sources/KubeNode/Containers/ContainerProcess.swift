package import KubeAPIServer
package import Simulation

/// A container's main process as the kubelet sees it through the runtime.
package protocol ContainerProcess: AnyObject {
  /// Ends the process, or asks it to end.
  func signal(_ number: Int32)
  /// Called once, when it ended by itself or by a signal.
  var onExit: ((_ status: Int32, _ reason: ContainerProcessEnd) -> Void)? { get set }
}

/// Why a process ended, where the exit status does not tell.
package enum ContainerProcessEnd: Sendable { case exit, outOfMemory }

/// The container runtime of a node: makes a container and starts its process.
package protocol ContainerRuntime: AnyObject {
  /// Throws the runtime's words when the process cannot be started (no such file, bad directory).
  func start(_ plan: ContainerPlan) throws(RuntimeFailure) -> any ContainerProcess
  /// Runs a command in a running container, for exec probes and hooks; the result comes on the
  /// timeline.
  func execute(
    _ command: [String], in plan: ContainerPlan, timeout: Span,
    done: @escaping (_ status: Int32, _ output: String) -> Void)
  /// A conversation with a new process in a running container.
  func exec(_ request: ConsoleRequest, in plan: ContainerPlan) -> any StreamConnection
  /// A conversation with a running container's main process.
  func attach(_ request: ConsoleRequest, to plan: ContainerPlan) -> any StreamConnection
  /// Why the node has not the kernel profiles that a container asks for, in containerd's words;
  /// nil when it has.
  func missingProfile(for security: Security) -> String?
  /// What a RuntimeClass may name.
  var handlers: Set<String> { get }
  /// Why the node's path is not of the type that a hostPath volume wants, or nil; makes what
  /// `DirectoryOrCreate` and `FileOrCreate` ask for.
  func checkHostPath(_ path: String, type: String) -> String?
  /// A connection to what listens on a port of a running container's Pod.
  func forward(to port: Int?, in plan: ContainerPlan, pod: String) -> any StreamConnection
  /// Shows the new files of a changed volume to the containers that mount it.
  func refresh(_ volume: Volume, pod: String)
  /// What a registry answers to a pull.
  func pull(_ reference: ImageReference) -> Result<Image, PullFailure>
  /// Forgets the container and its files.
  func remove(_ plan: ContainerPlan)
  /// Ends all processes, when the cluster is given up.
  func shutDown()
}

package struct RuntimeFailure: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}
