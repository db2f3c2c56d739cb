import ArgumentParser
import Classroom
import Glibc
import KubeCluster
import Simulation
import Terminal

/// The workstation's shell without a terminal, on a fresh cluster in virtual time.
struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Run a line or script on a fresh cluster; the same seed gives the same bytes.",
    discussion: """
      Waiting takes no time: the clock is virtual. The exit status is that of the last command.

      Examples:
        drydock shell -c 'kubectl create deployment web --image nginx && sleep 10 && kubectl get po'
        drydock shell setup.sh
        cat setup.sh | drydock shell --seed 7 --cluster single
        drydock shell --cluster prod=kubeadm,dev=single -c 'kubectl config get-contexts'
      """)

  @Option(name: [.customShort("c")], help: ArgumentHelp("A line to run.", valueName: "line"))
  var line: String?
  @Argument(help: "A script to run; standard input when neither is given.") var script: String?
  @Option(help: "The seed of everything that looks random.") var seed: UInt64 = 1
  @Option(
    help: """
      kubeadm, single, plain, apiserver, bare or scale-N; kubeadm and single with +flannel, +cilium \
      or +none for another network plug-in, +cloud for load balancers. Several with commas stand \
      beside each other, each with a context kubernetes-admin@NAME: prod=kubeadm,dev=single.
      """)
  var cluster = "kubeadm"

  /// Longer in virtual time is taken for an endless command.
  private static let patience = Span.hours(24)
  /// It is read whole before the cluster starts.
  private static let inputLimit = 64 << 20

  func run() throws {
    guard let blueprint = Blueprint.named(cluster) else {
      let names = Blueprint.all.map(\.name).joined(separator: ", ")
      throw Failure(2, "there is no cluster \"\(cluster)\"; there are \(names) and scale-N")
    }
    if line != nil, script != nil { throw Failure(2, "give either -c LINE or SCRIPT, not both") }
    var source = line
    if let script {
      guard let bytes = Environment.contents(of: script) else {
        throw Failure(3, "cannot read \(script)")
      }
      source = String(decoding: bytes, as: UTF8.self)
    }
    let standardInput = try Self.readInput(isScript: source == nil)
    Interrupts.watch()
    let cluster = Cluster(blueprint, seed: seed)
    cluster.shell.onOutput = { channel, bytes in
      Output.write(bytes, toError: channel == .errors)
    }
    Session.install(on: cluster)
    cluster.shell.readAsScript(named: line == nil ? script ?? "bash" : nil)
    if let source {
      cluster.shell.type(standardInput)
      cluster.shell.endInput()
      cluster.shell.start(source)
    } else {
      cluster.shell.start(String(decoding: standardInput, as: UTF8.self))
    }
    Self.drive(cluster)
    if cluster.shell.exitStatus != 0 { throw Failure(cluster.shell.exitStatus) }
  }

  private static func drive(_ cluster: Cluster) {
    let limit = cluster.timeline.now + patience
    cluster.timeline.settle()
    while cluster.shell.isRunning {
      if Interrupts.take() { cluster.shell.interrupt() }
      guard cluster.timeline.step(until: limit) else {
        Output.complain("the script took more than a day of virtual time and was ended")
        cluster.shell.interrupt()
        cluster.timeline.settle()
        return
      }
      cluster.timeline.settle()
    }
  }

  /// All of standard input: the script itself, or what a script's commands read. A terminal or a
  /// pipe on which nothing comes is no input for them.
  private static func readInput(isScript: Bool) throws -> [UInt8] {
    if !isScript, isatty(0) == 1 || !Interrupts.waitForInput(milliseconds: 100) { return [] }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return bytes }
      guard bytes.count + count <= inputLimit else {
        throw Failure(2, "there are more than \(inputLimit >> 20) MiB on the standard input")
      }
      bytes += buffer[..<count]
    }
  }
}
