import Foundation
import KubeCluster
import KubeNode
import Linux
import Simulation

/// What the shell and its programs do in a second, and the same of this machine's where it has them.
func shell() {
  let turns = isTiny ? 2_000 : 200_000
  let loop = "i=0; while [ $i -lt \(turns) ]; do i=$((i+1)); done; echo $i"
  show("\(turns) turns of a shell loop", loop, judge: ["bash", "-c", loop], perSecond: turns)
  let count = "for ((i = 0; i < \(turns); i++)); do :; done; echo $i"
  show("\(turns) turns of for ((;;))", count, judge: ["bash", "-c", count], perSecond: turns)

  // Lines like those of an access log, 10 MiB of them.
  let lines = (isTiny ? 10 << 10 : 10 << 20) / 64
  let text = (0..<lines).map { number in
    "10.244.\(number % 7).\(number % 250) - GET /item/\(number) \(number % 5 == 0 ? 500 : 200) "
      + "pad-\(number &* 2_654_435_761 & 0xFFFF)\n"
  }.joined()
  let json = (0..<lines).map {
    #"{"n":\#($0),"code":\#($0 % 5 == 0 ? 500 : 200),"path":"/item"}"# + "\n"
  }
  .joined()
  let folder =
    NSTemporaryDirectory() + "drydock-figures-\(ProcessInfo.processInfo.processIdentifier)"
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try? text.write(toFile: folder + "/log", atomically: true, encoding: .utf8)
  try? json.write(toFile: folder + "/json", atomically: true, encoding: .utf8)
  let files = ["/root/log": text, "/root/json": json]
  for (name, line) in [
    ("grep", "grep -c ' 500 ' log"), ("grep -E", "grep -Ec '(GET|POST) .*[05]00 pad-[0-9]+$' log"),
    ("sed", "sed 's/GET/POST/' log | wc -l"), ("sort", "sort log | tail -1"),
    ("awk", "awk '{n[$5]++} END {print n[500]}' log"),
    ("jq", "jq -r 'select(.code == 500) | .n' json | wc -l"),
  ] {
    let size = (name == "jq" ? json : text).utf8.count
    show(
      "\(name) over \(size >> 10) KiB", line, files: files,
      judge: ["bash", "-c", "cd '\(folder)' && \(line)"])
  }
  idle()
}

/// Runs a line in a cluster's shell, and by a judge of this machine.
private func show(
  _ what: String, _ line: String, files: [String: String] = [:], judge: [String],
  perSecond count: Int? = nil
) {
  let cluster = Cluster(.plain, seed: 1)
  for (path, text) in files { try? cluster.workstation.files.write(text, to: path) }
  var status: Int32 = -1
  let spent = milliseconds { status = cluster.shell.run(line).status }
  precondition(status == 0, "\(line) failed")
  let figure = count.map { "\(Int(Double($0) / max(spent, 0.001) * 1000)) per s" } ?? text(spent)
  row(what, figure, "real: " + (other(judge).map(text) ?? "none here"))
}

/// How long a command of this machine takes; nil without it.
private func other(_ words: [String]) -> Double? {
  let process = Foundation.Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  var status: Int32 = -1
  let spent = elapsed {
    guard (try? process.run()) != nil else { return }
    process.waitUntilExit()
    status = process.terminationStatus
  }
  return status == 0 ? spent : nil
}

/// Ten thousand containers that sleep, each a process of a machine of its own.
private func idle() {
  let count = isTiny ? 50 : 10_000
  let nodes = max(1, count / 100)
  let cluster = Cluster(.scale(nodes), seed: 1)
  let before = resident()
  let started = milliseconds {
    _ = cluster.shell.run(
      "kubectl create deployment idle --image=busybox --replicas=\(count) -- sleep 1d; sleep 120")
  }
  let ready = cluster.shell.run("kubectl get deployment idle -o jsonpath={.status.readyReplicas}")
  row("\(count) sleeping containers started (\(ready.output))", text(started), "")
  row("memory per sleeping container", "\((resident() - before) / count) bytes", "")
  row(
    "an hour of \(count) idle containers",
    text(milliseconds { cluster.timeline.advance(by: .hours(1)) }), "")
}
