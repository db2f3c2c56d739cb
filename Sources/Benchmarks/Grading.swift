import Curriculum
import Foundation
import Gradebook
import Simulation

/// What marking a class costs: submissions of an exam of seventeen tasks, on all processors.
func grading() throws {
  // One of the processes that it starts.
  if let work = CommandLine.arguments.firstIndex(of: "--work") {
    let folder = CommandLine.arguments.dropFirst(work + 1).first ?? ""
    return MarkingRun.serve(try PackSource.open(folder, key: nil, drydock: "0.1.0"))
  }
  let count = isTiny ? 2 : 1000
  let folder = FileManager.default.temporaryDirectory.path + "/drydock-bench-\(UUID().uuidString)"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let tasks = (1...(isTiny ? 2 : 17)).map { "task-\($0)" }
  try save(
    "id: bench\nversion: 1.0.0\ntitle: Bench\nauthors: [B]\nexams:\n"
      + "- {id: final, title: F, minutes: 120, tasks: [\(tasks.joined(separator: ", "))]}\n",
    "\(folder)/pack/pack.yaml")
  for task in tasks { try save(exercise, "\(folder)/pack/Exercises/\(task).md") }
  let source = try PackSource.open("\(folder)/pack", key: nil, drydock: "0.1.0")
  // A few people's work under many names: replaying it costs what the work of many costs.
  let rehearsal = Rehearsal(source)
  let start = Moment(seconds: 1_790_784_000)
  let models = (0..<(isTiny ? 1 : 8)).compactMap {
    rehearsal.submission("m\($0)", .strong, seed: UInt64($0), at: start, drydock: "0.1.0")
  }
  for number in 0..<count {
    var submission = models[number % models.count]
    submission.header.learner = "s\(number)"
    let text = try submission.text(signedWith: LearnerKey())
    try save(String(decoding: text, as: UTF8.self), "\(folder)/work/s\(number).drydock")
  }
  let files = try MarkingRun.files(["\(folder)/work"])
  let jobs = ProcessInfo.processInfo.activeProcessorCount
  let worker = [CommandLine.arguments[0], "grading", "--work", "\(folder)/pack"]
  func mark(_ files: [(name: String, path: String)]) throws -> Double {
    try elapsed {
      try MarkingRun(source, worker: worker).mark(
        files, into: "\(folder)/out/marks.jsonl", jobs: jobs)
    }
  }
  _ = try mark(Array(files.prefix(max(1, count / 10))))
  let before = resident()
  let marked = try mark(files)
  let grown = max(0, resident() - before) >> 20
  let reported = try elapsed {
    _ = try ClassReport(source, roster: nil, in: "\(folder)/out").write()
  }
  let name = "\(count) submissions of \(tasks.count) tasks"
  row("\(name) marked, \(jobs) at once", text(marked), "30000 ms")
  row("\(name) reported", text(reported), "")
  row("memory grown from a tenth of them to all", "\(grown) MiB", "flat")
}

private func save(_ text: String, _ path: String) throws {
  let url = URL(filePath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: url)
}

private let exercise = """
  ---
  title: A shop
  topic: bench
  minutes: 5
  parameters:
    name: [bread, cakes, rolls, tarts]
  start:
  - run: kubectl create deployment {{name}} --image=nginx
  - wait: 20s
  checks:
  - {id: scaled, say: It has three replicas, object: "deployment/{{name}}", where: {spec: {replicas: 3}}}
  - {id: ready, say: They are ready, needs: scaled, ready: "deployment/{{name}}"}
  - {id: service, say: It has a Service, object: "service/{{name}}"}
  solutions:
  - name: one
    run: |
      kubectl scale deployment {{name}} --replicas=3
      kubectl expose deployment {{name}} --port=80
  ---
  Scale and expose `{{name}}`.
  """
