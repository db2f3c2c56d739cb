import Testing

@testable import KubeNode

@Test(
  "an image's name is read as the registry's grammar has it",
  arguments: [
    ("nginx", "docker.io/library/nginx:latest"),
    ("nginx:1.25", "docker.io/library/nginx:1.25"),
    ("bitnami/kubectl:latest", "docker.io/bitnami/kubectl:latest"),
    ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
    ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
    ("gcr.io/google-containers/busybox", "gcr.io/google-containers/busybox:latest"),
  ])
func reference(text: String, canonical: String) {
  #expect(ImageReference(text)?.canonical == canonical)
}

@Test(
  "what is no image name is refused",
  arguments: ["", "Nginx", "nginx:", "nginx:a b", "a//b", "nginx@sha256:12", ":latest", "a/-b"])
func badReference(_ text: String) { #expect(ImageReference(text) == nil) }

@Test(
  "a registry knows which tags exist",
  arguments: [
    ("nginx:1.25.3-alpine", true), ("nginx:1.9.1", true), ("nginx:1.91", false),
    ("nginx:2.3.5", false), ("nginx:latst", false), ("busybox:1.28", true), ("ngnix", false),
    ("redis:7-alpine", true), ("myregistry.example/x", false), ("quay.io/team/app:v3", true),
    ("rabbitmq:3-management", true), ("wordpress", true), ("hello-world", true), ("rabitmq", false),
    ("nginx:1.999", false), ("busybox:nope", false), ("postgres:16-alpine", true),
    ("postgres:99", false), ("mysql:8.0", true), ("mysql:10", false), ("mongo:7.0.25", true),
    ("mongo:nope", false), ("python:3.12-slim-bookworm", true), ("python:4", false),
    ("node:22-alpine3.21", true), ("node:lts", true), ("node:99", false),
    ("golang:1.25-alpine", true), ("golang:2", false), ("mariadb:11.4", true),
    ("memcached:1.6-alpine", true), ("memcached:2", false), ("alpine:3.19", true),
    ("alpine:4.0", false), ("ubuntu:24.04", true), ("ubuntu:nope", false), ("debian:12-slim", true),
    ("httpd:2.4-alpine", true), ("httpd:3", false),
  ])
func tags(_ text: String, exists: Bool) throws {
  let reference = try #require(ImageReference(text))
  let found = try? Images.pull(reference).get()
  #expect((found != nil) == exists)
}

@Test(
  "a copy of an image does what the original does",
  arguments: [
    ("gcr.io/google-containers/busybox", Image.Userland.busybox), ("k8s.gcr.io/pause:3.1", .none),
    ("registry.k8s.io/busybox:1.27.2", .busybox), ("k8s.gcr.io/e2e-test-images/agnhost", .alpine),
    ("public.ecr.aws/docker/library/nginx:1.27-alpine", .alpine),
    ("gcr.io/kubernetes-e2e-test-images/dnsutils:1.3", .debian), ("quay.io/curl/curl", .alpine),
  ])
func mirrors(_ text: String, _ userland: Image.Userland) throws {
  let image = try Images.pull(try #require(ImageReference(text))).get()
  #expect(image.userland == userland && !image.isUnknown)
}
