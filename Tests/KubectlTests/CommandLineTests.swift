import Testing

@testable import Kubectl

/// What kubectl says to command lines that it cannot take.
@Suite struct CommandLineTests {
  struct Refusal: Sendable {
    let line: String
    let errors: String
    var status: Int32 = 1
  }

  @Test(
    "a wrong command line is refused in kubectl's own words",
    arguments: [
      Refusal(line: "nosuch", errors: "error: unknown command \"nosuch\" for \"kubectl\"\n"),
      Refusal(
        line: "gett pods",
        errors:
          "error: unknown command \"gett\" for \"kubectl\"\n\nDid you mean this?\n\tset\n\tget\n"),
      Refusal(
        line: "get pods --nosuch",
        errors: "error: unknown flag: --nosuch\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods -z",
        errors: "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods --output",
        errors: "error: flag needs an argument: --output\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods -o",
        errors: "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods --watch=maybe",
        errors: "error: invalid argument \"maybe\" for \"-w, --watch\" flag: strconv.ParseBool: "
          + "parsing \"maybe\": invalid syntax\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods --chunk-size=x",
        errors: "error: invalid argument \"x\" for \"--chunk-size\" flag: strconv.ParseInt: "
          + "parsing \"x\": invalid syntax\nSee 'kubectl get --help' for usage.\n"),
      Refusal(
        line: "get pods tug --output-watch-events",
        errors: "error: --output-watch-events option can only be used with --watch or "
          + "--watch-only\n"),
      Refusal(
        line: "get pods -o nope",
        errors: "error: unable to match a printer suitable for the output format \"nope\", allowed "
          + "formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,"
          + "jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n"),
      Refusal(
        line: "get pods/",
        errors: "error: arguments in resource/name form must have a single resource and name\n"),
      Refusal(
        line: "get pods/a/b",
        errors: "error: arguments in resource/name form may not have more than one slash\n"),
      Refusal(
        line: "get deploy, svc",
        errors: "error: arguments in resource/name form must have a single resource and name\n"),
      Refusal(
        line: "get nosuch", errors: "error: the server doesn't have a resource type \"nosuch\"\n"),
      Refusal(
        line: "get DEPLOY x",
        errors: "error: the server doesn't have a resource type \"DEPLOY\"\n"),
      Refusal(
        line: "get pods tug -l app=tug",
        errors: "error: name cannot be provided when a selector is specified\n"),
      Refusal(
        line: "get pods -A tug",
        errors: "error: a resource cannot be retrieved by name across all namespaces\n"),
      Refusal(line: "get -f none.yaml", errors: "error: the path \"none.yaml\" does not exist\n"),
      Refusal(
        line: "get pods --context=nope",
        errors: "Error in configuration: context was not found for specified context: nope\n"),
      Refusal(
        line: "get pods --cluster=nope", errors: "error: no server found for cluster \"nope\"\n"),
      Refusal(
        line: "get pods --user=nope", errors: "error: auth info \"nope\" does not exist\n"),
      Refusal(
        line: "get pods --kubeconfig=/none",
        errors: "error: stat /none: no such file or directory\n"),
    ])
  func refusal(_ refusal: Refusal) async throws {
    let result = try await Workstation().kubectl(refusal.line)
    #expect(result.errors == refusal.errors)
    #expect(result.status == refusal.status)
    #expect(result.output.isEmpty)
  }

  @Test("flags stand anywhere, in clusters, with and without their equals sign")
  func flags() throws {
    let root = Commands.root
    for line in [
      "get pods -n a -oyaml -w", "-n a get -o=yaml pods -w", "get -wn a --output yaml pods",
      "get -n=a pods -woyaml", "--namespace=a get pods --watch=true --output=yaml",
    ] {
      let reading = try CommandLineReader(root: root).read(
        line.split(separator: " ").map(String.init))
      #expect(reading.command.name == "get")
      #expect(reading.arguments == ["pods"], "\(line)")
      #expect(reading.values.string("namespace") == "a", "\(line)")
      #expect(reading.values.string("output") == "yaml", "\(line)")
      #expect(reading.values.bool("watch"), "\(line)")
    }
  }

  @Test("what follows two dashes is no flag")
  func dashes() throws {
    let reading = try CommandLineReader(root: Commands.root).read(["get", "a", "--", "-n", "b"])
    #expect(reading.arguments == ["a", "-n", "b"])
    #expect(reading.dash == 1)
  }

  @Test(
    "Go's durations are read and written",
    arguments: [
      ("1h30m", "1h30m0s"), ("90s", "1m30s"), ("1.5s", "1.5s"), ("250ms", "250ms"), ("0", "0s"),
      ("2h45m30.5s", "2h45m30.5s"),
    ])
  func durations(_ text: String, _ written: String) throws {
    #expect(GoDuration.text(try #require(GoDuration.parse(text))) == written)
  }

  @Test("what is no duration says why")
  func badDurations() {
    #expect(GoDuration.complaint("bad") == "time: invalid duration \"bad\"")
    #expect(GoDuration.complaint("5") == "time: missing unit in duration \"5\"")
    #expect(GoDuration.complaint("5x") == "time: unknown unit \"x\" in duration \"5x\"")
  }
}
