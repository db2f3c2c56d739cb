/// Images of small applications that tutorials run.
extension Images {
  static let demonstrations: [Image] =
    [
      ("gcr.io/google-samples/kubernetes-bootcamp", "node server.js", 8080, "bootcamp-1"),
      ("gcr.io/k8s-minikube/kubernetes-bootcamp", "node server.js", 8080, "bootcamp-1"),
      ("docker.io/jocatalin/kubernetes-bootcamp", "node server.js", 8080, "bootcamp-1"),
      ("gcr.io/google-samples/node-hello", "node server.js", 8080, "node-hello"),
      ("docker.io/luksa/kubia", "node app.js", 8080, "kubia"),
      ("docker.io/nginxdemos/hello", "nginx", 80, "nginx-hello"),
      ("docker.io/nginxdemos/nginx-hello", "nginx", 8080, "nginx-hello-unprivileged"),
      ("docker.io/kodekloud/webapp-color", "python app.py", 8080, "webapp-color"),
      ("docker.io/mmumshad/simple-webapp-color", "python app.py", 8080, "webapp-color"),
      ("gcr.io/kuar-demo/kuard-amd64", "/kuard", 8080, "kuard"),
      ("docker.io/kennethreitz/httpbin", "gunicorn -b 0.0.0.0:80 httpbin:app", 80, "httpbin"),
      ("docker.io/kong/httpbin", "gunicorn -b 0.0.0.0:80 httpbin:app", 80, "httpbin"),
      ("docker.io/mccutchen/go-httpbin", "/bin/go-httpbin", 8080, "go-httpbin"),
      ("ghcr.io/mccutchen/go-httpbin", "/bin/go-httpbin", 8080, "go-httpbin"),
      ("docker.io/jmalloc/echo-server", "/bin/echo-server", 8080, "echo-server"),
      ("docker.io/istio/examples-helloworld-v1", "python app.py", 5000, "helloworld-v1"),
      ("docker.io/istio/examples-helloworld-v2", "python app.py", 5000, "helloworld-v2"),
    ].map { repository, command, port, server in
      Image(
        repository: repository, command: command.split(separator: " ").map(String.init),
        ports: [port], megabytes: 60, userland: .alpine, tools: ["curl"], server: server)
    }

  /// What a tag of such an image changes.
  static func vary(_ image: inout Image, by tag: String) {
    switch image.server ?? image.repository {
    case "bootcamp-1" where tag.hasPrefix("v2"): image.server = "bootcamp-2"
    case "hello-app" where tag.hasPrefix("2"): image.server = "hello-app-2"
    case "nginx-hello" where tag.contains("plain-text"): image.server = "nginx-hello-plain"
    case "docker.io/hashicorp/http-echo" where !tag.hasPrefix("0."):
      image.environment["ECHO_TEXT"] = "hello-world"
    default: break
    }
  }
}
