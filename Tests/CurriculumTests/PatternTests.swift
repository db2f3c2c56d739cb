import Curriculum
import Documents
import Testing

@Suite struct PatternTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let wanted: Value
    let actual: Value
    var reason: String?

    init(_ name: String, _ wanted: Value, _ actual: Value, _ reason: String? = nil) {
      (testDescription, self.wanted, self.actual, self.reason) = (name, wanted, actual, reason)
    }
  }

  @Test(
    "a pattern looks at meaning",
    arguments: [
      Case("what is not named is free", ["a": 1], ["a": 1, "b": 2]),
      Case("a value differs", ["a": ["b": 1]], ["a": ["b": 2]], "a.b is 2; 1 is wanted"),
      Case("a value is missing", ["a": ["b": 1]], ["a": [:]], "a.b is not set; 1 is wanted"),
      Case(
        "0.5 is 500m", ["limits": ["cpu": 0.5, "memory": "2Gi"]],
        ["limits": ["cpu": "500m", "memory": "2048Mi"]]),
      Case(
        "quantities differ", ["requests": ["cpu": "1"]], ["requests": ["cpu": "100m"]],
        "requests.cpu is \"100m\"; \"1\" is wanted"),
      Case(
        "labels are no quantities", ["labels": ["v": "1k"]], ["labels": ["v": "1000"]],
        "labels.v is \"1000\"; \"1k\" is wanted"),
      Case(
        "an image by its short name", ["image": "nginx"],
        ["image": "docker.io/library/nginx:latest"]),
      Case(
        "another tag", ["image": "nginx:1.27"], ["image": "nginx"],
        "image is \"nginx\"; \"nginx:1.27\" is wanted"),
      Case("Docker's own registry, named", ["image": "nginx"], ["image": "docker.io/nginx"]),
      Case(
        "its path is another's", ["image": "nginx"], ["image": "docker.io/bitnami/nginx"],
        "image is \"docker.io/bitnami/nginx\"; \"nginx\" is wanted"),
      Case("a registry with a port", ["image": "reg:5000/a"], ["image": "reg:5000/a:latest"]),
      Case(
        "list elements in any order", ["p": [["port": 80], ["port": 443]]],
        ["p": [["port": 443], ["port": 80, "name": "x"]]]),
      Case(
        "the condition of that type is told of",
        ["c": [["type": "Ready", "status": "True"]]],
        ["c": [["type": "A", "status": "True"], ["type": "Ready", "status": "False"]]],
        "c[1].status is \"False\"; \"True\" is wanted"),
      Case(
        "another condition tells nothing", ["c": [["type": "Ready"]]], ["c": [["type": "A"]]],
        "c has nothing like {\"type\":\"Ready\"}"),
      Case(
        "each wanted element needs one of its own", ["p": [["a": 1], ["a": 1]]],
        ["p": [["a": 1], ["b": 1]]], "p has nothing like {\"a\":1}"),
      Case(
        "elements are paired so that all fit", ["p": [["a": 1], ["a": 1, "b": 1]]],
        ["p": [["a": 1, "b": 1], ["a": 1]]]),
      Case(
        "the element of the same name tells why", ["c": [["name": "x", "v": 1]]],
        ["c": [["name": "y"], ["name": "x", "v": 2]]], "c[1].v is 2; 1 is wanted"),
      Case("absent", ["a": ["$absent": true]], ["b": 1]),
      Case("not absent", ["a": ["$absent": true]], ["a": 1], "a is 1; it should not be set"),
      Case("not", ["a": ["$not": "x"]], ["a": "x"], "a is \"x\", which it should not be"),
      Case("any", ["a": ["$any": ["x", "y"]]], ["a": "y"]),
      Case(
        "all", ["a": ["$all": [["$contains": "b"], ["$contains": "z"]]]], ["a": "abc"],
        "a does not contain \"z\""),
      Case("count", ["a": ["$count": 2]], ["a": [1, 2]]),
      Case("at least", ["requests": ["cpu": ["$atLeast": "250m"]]], ["requests": ["cpu": "0.3"]]),
      Case(
        "at most", ["replicas": ["$atMost": 3]], ["replicas": 4],
        "replicas is 4; at most 3 is wanted"),
      Case(
        "exactly", ["a": ["$exactly": [1, 2]]], ["a": [2, 1]], "a is [2,1]; exactly [1,2] is wanted"
      ),
      Case("null is not set", ["a": nil], ["b": 1]),
    ])
  func mismatch(_ example: Case) {
    #expect(Pattern(example.wanted).mismatch(example.actual) == example.reason)
  }

  @Test("a pattern of any depth is answered")
  func deep() {
    var deep: Value = 1
    for _ in 0..<10_000 { deep = ["a": deep] }
    #expect(Pattern(deep).mismatch(deep)?.hasSuffix("nested too deep") == true)
  }
}
