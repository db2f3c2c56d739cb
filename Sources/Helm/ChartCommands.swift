import Documents
import Linux
import Shell
import Simulation

/// `helm show`, `create`, `lint`, `package` and `pull`: charts as files.
enum ChartCommands {
  private static let finding = "version= repo= devel username= password= jsonpath= "

  static let commands = [
    show("values", "show the chart's values") { $0.valuesText },
    show("chart", "show the chart's definition") { YAML.text($0.metadata) },
    show("readme", "show the chart's README") { $0.files["README.md"] ?? "" },
    show("crds", "show the chart's CRDs") { $0.definitions.map { "---\n\($0.text)\n" }.joined() },
    show("all", "show all information of the chart") { chart in
      YAML.text(chart.metadata) + "\n---\n" + chart.valuesText
        + (chart.files["README.md"].map { "\n---\n\($0)" } ?? "")
    },
    Commands.Command(
      path: "create", usage: "NAME [flags]", summary: "create a new chart with the given name",
      grammar: "p,starter=", run: create),
    Commands.Command(
      path: "lint", usage: "PATH [flags]", summary: "examine a chart for possible issues",
      grammar: "strict f,values= set= set-string= set-json= set-file= with-subcharts quiet "
        + "kube-version=", run: lint),
    Commands.Command(
      path: "package", usage: "[CHART_PATH] [...] [flags]",
      summary: "package a chart directory into a chart archive",
      grammar: "d,destination= version= app-version= u,dependency-update sign key= keyring=",
      run: package),
    Commands.Command(
      path: "pull", usage: "[chart URL | repo/chartname] [...] [flags]",
      summary: "download a chart from a repository and (optionally) unpack it in local directory",
      grammar: finding + "untar untardir= d,destination= prov verify", run: pull),
  ]

  private static func show(
    _ what: String, _ summary: String, _ text: @escaping @Sendable (Chart) -> String
  ) -> Commands.Command {
    Commands.Command(
      path: "show \(what)", usage: "[CHART] [flags]", summary: summary, grammar: finding
    ) { call in
      let given = try call.operands(1...1, "show \(what)", "[CHART] [flags]")
      let chart = try await ChartFinder(call: call).find(given[0])
      try await call.print(text(chart) + "\n")
    }
  }

  @Sendable
  private static func create(_ call: Call) async throws {
    let given = try call.operands(1...1, "create", "NAME [flags]")
    let name = given[0].split(separator: "/").last.map(String.init) ?? given[0]
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }), !name.isEmpty else {
      throw HelmError(
        "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"")
    }
    try await call.print("Creating \(given[0])\n")
    for (path, text) in ChartSkeleton.files(name) {
      do {
        try call.process.machine.files.place(
          text, at: call.process.absolute("\(given[0])/\(path)"))
      } catch {
        throw HelmError("mkdir \(given[0]): \(error.text.lowercased())")
      }
    }
    try? call.process.makeDirectory(given[0] + "/charts")
  }

  @Sendable
  private static func lint(_ call: Call) async throws {
    let paths = call.flags.operands.isEmpty ? ["."] : call.flags.operands
    var failed = 0
    var text = ""
    for path in paths {
      text += "==> Linting \(path)\n"
      let problems = try await problems(of: path, call)
      text += problems.map { "[\($0.0)] \($0.1)\n" }.joined() + "\n"
      let isBad = problems.contains {
        $0.0 == "ERROR" || $0.0 == "WARNING" && call.flags.has("strict")
      }
      if isBad { failed += 1 }
    }
    let end = "\(paths.count) chart(s) linted, \(failed) chart(s) failed"
    if failed > 0 {
      try await call.print(text)
      throw HelmError(end)
    }
    try await call.print(text + end + "\n")
  }

  private static func problems(of path: String, _ call: Call) async throws -> [(String, String)] {
    guard call.process.status(path) != nil else {
      return [
        (
          "ERROR",
          "unable to check Chart.yaml file in chart: stat \(path): no such file or directory"
        )
      ]
    }
    let chart: Chart
    do {
      chart = try await Chart.load(path, call.process)
    } catch let problem as HelmError {
      return [("ERROR", "templates/: \(problem.message)")]
    }
    var found: [(String, String)] = []
    if chart.metadata["icon"] == nil { found.append(("INFO", "Chart.yaml: icon is recommended")) }
    if chart.metadata["apiVersion"] == nil {
      found.append(
        ("ERROR", "Chart.yaml: apiVersion is required. The value must be either \"v1\" or \"v2\""))
    }
    if chart.name.isEmpty { found.append(("ERROR", "Chart.yaml: name is required")) }
    if chart.version.isEmpty {
      found.append(("ERROR", "Chart.yaml: version is required"))
    } else if Version(chart.version) == nil {
      found.append(("ERROR", "Chart.yaml: version '\(chart.version)' is not a valid SemVer"))
    }
    if chart.valuesText.isEmpty { found.append(("INFO", "values.yaml: file does not exist")) }
    if chart.templates.isEmpty {
      found.append(("WARNING", "templates/: directory not found"))
    }
    do {
      let given = try await ChartValues.given(call.flags, call.process)
      var plan = Plan(
        call: call, chart: chart, given: given, name: "test-release", namespace: "default",
        revision: 1, isInstall: true)
      try await plan.prepare(nil)
      for part in plan.parts.objects + plan.parts.hooks where part.name.isEmpty {
        found.append(("WARNING", "\(part.path): object name does not conform: missing"))
      }
    } catch let problem as HelmError {
      found.append(("ERROR", "templates/: \(problem.message)"))
    }
    return found
  }

  @Sendable
  private static func package(_ call: Call) async throws {
    guard !call.flags.operands.isEmpty else {
      throw HelmError("need at least one argument, the path to the chart")
    }
    for path in call.flags.operands {
      var chart = try await Chart.load(path, call.process)
      try chart.check()
      if let version = call.flags["version"] { chart.metadata["version"] = .string(version) }
      if let version = call.flags["app-version"] {
        chart.metadata["appVersion"] = .string(version)
      }
      let folder = call.flags["destination"] ?? call.process.directory
      let target = call.process.absolute("\(folder)/\(chart.fullName).tgz")
      do {
        try call.process.replace(target, with: chart.packed(at: call.now.seconds))
      } catch {
        throw HelmError("failed to save: open \(target): \(error.text.lowercased())")
      }
      try await call.print(
        "Successfully packaged chart and saved it to: \(folder)/\(chart.fullName).tgz\n")
    }
  }

  @Sendable
  private static func pull(_ call: Call) async throws {
    guard !call.flags.operands.isEmpty else {
      throw HelmError(
        "\"helm pull\" requires at least 1 argument\n\nUsage:  helm pull "
          + "[chart URL | repo/chartname] [...] [flags]")
    }
    for place in call.flags.operands {
      let chart = try await ChartFinder(call: call).find(place)
      let folder = call.flags["destination"] ?? call.flags["untardir"] ?? "."
      if call.flags.has("untar") || call.flags["untardir"] != nil {
        let target = call.process.absolute("\(folder)/\(chart.name)")
        if call.process.status(target) != nil {
          throw HelmError(
            "failed to untar: a file or directory with the name \(target) already exists")
        }
        for file in chart.allFiles {
          try? call.process.machine.files.place(file.text, at: "\(target)/\(file.path)")
        }
      } else {
        do {
          try call.process.replace(
            "\(folder)/\(chart.fullName).tgz", with: chart.packed(at: call.now.seconds))
        } catch {
          throw HelmError("open \(folder): \(error.text.lowercased())")
        }
      }
    }
  }
}
