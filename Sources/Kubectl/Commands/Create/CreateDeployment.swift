import Documents

/// kubectl create deployment.
enum CreateDeployment {
  static let specification = CommandSpecification(
    name: "deployment", aliases: ["deploy"],
    usage: "deployment NAME --image=image -- [COMMAND] [args...]",
    summary: "Create a deployment with the specified name",
    about: "Create a deployment with the specified name.",
    examples: [
      ("Three replicas of an image", "kubectl create deployment web --image=nginx --replicas=3"),
      ("A command of one's own", "kubectl create deployment tick --image=busybox -- date"),
    ],
    flags: Creation.flags
      + Flag.list("image:list port:int32=-1 replicas,r:int32=1"),
    required: ["image"], run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .deployments)
    let images = call.values.strings("image")
    if images.count > 1, !creation.trailing.isEmpty {
      throw CommandError.text("cannot specify multiple --image options and command")
    }
    let port = call.values.int("port")
    let containers = images.enumerated().map { index, image -> Value in
      var container: Value = [
        "image": .string(image), "name": .string(Self.name(of: image)), "resources": [:],
      ]
      if !creation.trailing.isEmpty {
        container["command"] = .array(creation.trailing.map { .string($0) })
      }
      // The port is the first container's.
      if port >= 0, index == 0 { container["ports"] = [["containerPort": .int(Int64(port))]] }
      return container
    }
    let labels = ["app": creation.name]
    let object = try await creation.frame(
      [
        "spec": [
          "replicas": .int(Int64(call.values.int("replicas"))),
          "selector": ["matchLabels": .strings(labels)], "strategy": [:],
          "template": [
            "metadata": ["creationTimestamp": .null, "labels": .strings(labels)],
            "spec": ["containers": .array(containers)],
          ],
        ], "status": [:],
      ], labels: labels)
    try await creation.finish(object, failure: "failed to create deployment: ")
  }

  /// The last part of an image's path without tag and digest, fit for a container's name.
  static func name(of image: String) -> String {
    let base = image.split(separator: "/").last.map(String.init) ?? image
    let name = base.prefix { $0 != ":" && $0 != "@" }
    guard name.contains(where: { $0 == "_" || $0 == "." }) else { return String(name) }
    // Upstream adds five random letters; ours are of the name, so that runs repeat.
    let plain = String(name.map { $0 == "_" || $0 == "." ? "-" : $0 })
    return plain + "-" + ShortHash.letters(of: image, count: 5)
  }
}
