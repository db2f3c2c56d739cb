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
  /// Bytes of the node's disk, and what is free of them but for what containers wrote; nil: it has
  /// none that could fill.
  var disk: (size: Int64, free: Int64)? { get }
  /// Throws the runtime's words when the process cannot be started (no such file, bad directory).
  func start(_ plan: ContainerPlan) throws(RuntimeFailure) -> any ContainerProcess
  /// Runs a command in a running container, for exec probes and hooks; the result comes on the
  /// timeline: exit status and output, or the runtime's words why there was no process.
  func execute(
    _ command: [String], in plan: ContainerPlan, timeout: Span,
    done: @escaping (Result<ExecutedCommand, RuntimeFailure>) -> Void)
  /// Sets the limits of a running container anew, from its plan.
  func applyLimits(of plan: ContainerPlan)
  /// The first bytes of a container's file, also after its end; nil where there is none.
  func head(of path: String, in plan: ContainerPlan, upTo count: Int) -> [UInt8]?
  /// Bytes that a container has written to its own layer and its log.
  func storageUse(of plan: ContainerPlan) -> Int
  /// Bytes in a volume that lives with its Pod.
  func storageUse(of volume: String, pod: String) -> Int
  /// What a file of a Pod's volume holds; nil where there is none.
  func contents(of path: String, in volume: Volume, pod: String) -> [UInt8]?
  /// Bytes of memory that the node has, and that its containers hold beyond their rest; nil: nobody
  /// has looked into one of them yet.
  var memory: (size: Int64, used: Int64)? { get }
  /// Bytes that a container's processes hold.
  func memory(of plan: ContainerPlan) -> Int
  /// Somebody wants to see what the container prints: what was only thought to run starts.
  /// False when it is running as it is.
  func look(into plan: ContainerPlan) -> Bool
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
  func pull(
    _ reference: ImageReference, with logins: [RegistryLogin]
  ) -> Result<Image, PullFailure>
  /// An image that is on the node already.
  func content(of reference: ImageReference) -> Result<Image, PullFailure>
  /// Forgets an ended container's files; its log stays.
  func discard(_ plan: ContainerPlan)
  /// Forgets the container and its files.
  func remove(_ plan: ContainerPlan)
  /// Ends all processes, when the cluster is given up.
  func shutDown()
}

/// How a command in a container ended.
package struct ExecutedCommand: Sendable {
  package var status: Int32
  package var output: String
}

package struct RuntimeFailure: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}
