import Testing

@testable import KubeCluster

private final class Desk {
  let cluster = Cluster(.single, seed: 11)

  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
}

@Test("an image is built, tried, pushed, and then run by a Pod")
func engine() {
  let desk = Desk()
  _ = desk.run(
    """
    mkdir -p app && echo 'hello from here' > app/index.html
    cat > app/Dockerfile <<'EOF'
    FROM busybox:1.36 AS build
    ARG NAME=none
    RUN mkdir /out && echo "built for $NAME" > /out/about
    FROM busybox:1.36
    ENV COLOR=blue \\\\
        SIZE=big
    WORKDIR /srv
    COPY index.html .
    COPY --from=build /out/about /about
    USER 1000
    EXPOSE 8080
    CMD ["sh", "-c", "cat index.html /about; echo $COLOR $SIZE $(id -u) $PWD; sleep 3600"]
    EOF
    """)
  let built = desk.run("docker build -t registry.local:5000/app:v1 --build-arg NAME=me app")
  #expect(
    built.hasPrefix("Step 1/12 : FROM busybox:1.36 AS build\n") || built.contains("Step 1/"),
    "\(built)")
  #expect(built.hasSuffix("Successfully tagged registry.local:5000/app:v1\n"), "\(built)")
  #expect(desk.run("docker images").contains("registry.local:5000/app   v1"))
  #expect(desk.run("docker run -d --name one registry.local:5000/app:v1").count == 65)
  _ = desk.run("sleep 1")
  let log = "hello from here\nbuilt for me\nblue big 1000 /srv\n"
  #expect(desk.run("docker logs one") == log)
  #expect(desk.run("docker exec one cat /about") == "built for me\n")
  #expect(desk.run("docker ps").contains("Up 1 second"))
  #expect(
    desk.run("docker rm one").contains("container is running: stop the container before removing"))
  #expect(desk.run("docker rm -f one; docker ps -aq") == "one\n")
  #expect(desk.run("docker push registry.local:5000/app:v1").contains("v1: digest: sha256:"))
  _ = desk.run("kubectl run app --image=registry.local:5000/app:v1")
  _ = desk.run("kubectl wait --for=condition=Ready pod/app --timeout=2m")
  #expect(desk.run("kubectl logs app") == log)
  _ = desk.run("kubectl run bad --image=registry.local:5000/app:v2; sleep 20")
  #expect(
    desk.run("kubectl get pod bad").contains("ImagePullBackOff")
      || desk.run("kubectl get pod bad").contains("ErrImagePull"))
  #expect(desk.run("docker run --rm busybox echo hi").contains("hi\n"))
  #expect(desk.run("docker run busybox false; echo $?").hasSuffix("1\n"))
  _ = desk.run("docker run -d --name web -p 8080:80 nginx; sleep 1")
  #expect(desk.run("curl -s localhost:8080 | head -4 | tail -1").contains("<title>"))
  #expect(desk.run("docker stop web") == "web\n")
  #expect(
    desk.run("docker save busybox -o b.tar; docker load -i b.tar")
      == "Loaded image: busybox:latest\n")
  #expect(desk.run("docker foo").hasPrefix("docker: 'foo' is not a docker command.\n"))
  #expect(desk.run("docker pull nope").contains("pull access denied for nope"))
  #expect(
    desk.run("printf 'FROM busybox\\nRUM x' > app/Dockerfile; docker build app")
      .contains("unknown instruction"))
  #expect(
    desk.run("printf 'FROM busybox\\nRUN exit 3\\n' > app/Dockerfile; podman build -t x app")
      .contains("exit status 3"))
  _ = desk.run("printf 'FROM busybox\\nCMD [\"echo\",\"p\"]\\n' > app/Dockerfile")
  #expect(desk.run("podman build -t x app").contains("Successfully tagged localhost/x:latest\n"))
  #expect(desk.run("podman run --rm x") == "p\n")
}

@Test("what a container prints ends when the container does", arguments: ["docker", "podman"])
func engineInPipe(_ program: String) {
  let desk = Desk()
  #expect(desk.run("\(program) run --rm -q busybox echo one 2>/dev/null | tail -1") == "one\n")
  #expect(
    desk.run("timeout 5 sh -c '\(program) run busybox sh -c \"echo a; echo b >&2\" 2>&1 | tail -1'")
      == "b\n")
}
