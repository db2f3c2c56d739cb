extension PublishedExamples {
  /// Ways to Services, kinds of Secrets, admission by rules, and Pods that meet limits.
  static let access: [String: String] = [
    "service/nginx-service.yaml": service(
      "nginx-service",
      "ports: [{port: 8000, targetPort: 80, protocol: TCP}], selector: {app: nginx}"),
    "service/simple-service.yaml": service(
      "my-service",
      "selector: {app.kubernetes.io/name: MyApp}, ports: [{protocol: TCP, port: 80, targetPort: 9376}]"
    ),
    "service/access/backend-deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: backend}
    spec:
      replicas: 3
      selector: {matchLabels: {app: hello, tier: backend, track: stable}}
      template:
        metadata: {labels: {app: hello, tier: backend, track: stable}}
        spec:
          containers:
          - name: hello
            image: gcr.io/google-samples/hello-go-gke:1.0
            ports: [{name: http, containerPort: 80}]

    """,
    "service/access/backend-service.yaml": service(
      "hello",
      "selector: {app: hello, tier: backend}, ports: [{protocol: TCP, port: 80, targetPort: http}]"),
    "service/access/frontend-deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: frontend}
    spec:
      replicas: 1
      selector: {matchLabels: {app: hello, tier: frontend, track: stable}}
      template:
        metadata: {labels: {app: hello, tier: frontend, track: stable}}
        spec:
          containers:
          - name: nginx
            image: gcr.io/google-samples/hello-frontend:1.0
            lifecycle: {preStop: {exec: {command: [/usr/sbin/nginx, -s, quit]}}}

    """,
    "service/access/frontend-service.yaml": service(
      "frontend",
      "selector: {app: hello, tier: frontend}, ports: [{protocol: TCP, port: 80, targetPort: 80}], "
        + "type: LoadBalancer"),
    "service/networking/external-lb.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata: {name: external-lb}
    spec:
      controller: example.com/ingress-controller
      parameters: {apiGroup: k8s.example.com, kind: IngressParameters, name: external-lb}

    """,
    "service/networking/default-ingressclass.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata:
      name: nginx-example
      labels: {app.kubernetes.io/component: controller}
      annotations: {ingressclass.kubernetes.io/is-default-class: "true"}
    spec: {controller: k8s.io/ingress-nginx}

    """,
    "service/networking/simple-fanout-example.yaml": ingress(
      "simple-fanout-example",
      [("foo.bar.com", [("/foo", "service1", 4200), ("/bar", "service2", 8080)])]),
    "service/networking/name-virtual-host-ingress.yaml": ingress(
      "name-virtual-host-ingress",
      [("foo.bar.com", [("/", "service1", 80)]), ("bar.foo.com", [("/", "service2", 80)])]),
    "service/networking/name-virtual-host-ingress-no-third-host.yaml": ingress(
      "name-virtual-host-ingress-no-third-host",
      [
        ("first.bar.com", [("/", "service1", 80)]), ("second.bar.com", [("/", "service2", 80)]),
        ("", [("/", "service3", 80)]),
      ]),
    "service/networking/ingress-wildcard-host.yaml": ingress(
      "ingress-wildcard-host",
      [("foo.bar.com", [("/bar", "service1", 80)]), ("*.foo.com", [("/foo", "service2", 80)])]),
    "service/networking/tls-example-ingress.yaml": ingress(
      "tls-example-ingress", [("https-example.foo.com", [("/", "service1", 80)])],
      tls: "tls: [{hosts: [https-example.foo.com], secretName: testsecret-tls}], "),
    "service/networking/nginx-secure-app.yaml": service(
      "my-nginx",
      "type: NodePort, ports: [{port: 8080, targetPort: 80, protocol: TCP, name: http}, "
        + "{port: 443, protocol: TCP, name: https}], selector: {run: my-nginx}",
      labels: "run: my-nginx") + """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: my-nginx}
        spec:
          selector: {matchLabels: {run: my-nginx}}
          replicas: 1
          template:
            metadata: {labels: {run: my-nginx}}
            spec:
              volumes:
              - {name: secret-volume, secret: {secretName: nginxsecret}}
              - {name: configmap-volume, configMap: {name: nginxconfigmap}}
              containers:
              - name: nginxhttps
                image: bprashanth/nginxhttps:1.0
                ports: [{containerPort: 443}, {containerPort: 80}]
                volumeMounts:
                - {mountPath: /etc/nginx/ssl, name: secret-volume}
                - {mountPath: /etc/nginx/conf.d, name: configmap-volume}

        """,
    "service/networking/networkpolicy-multiport-egress.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: multi-port-egress, namespace: default}
    spec:
      podSelector: {matchLabels: {role: db}}
      policyTypes: [Egress]
      egress:
      - to: [{ipBlock: {cidr: 10.0.0.0/24}}]
        ports: [{protocol: TCP, port: 32000, endPort: 32768}]

    """,
    "secret/basicauth-secret.yaml": secret(
      "secret-basic-auth", "kubernetes.io/basic-auth", "username: admin, password: t0p-Secret"),
    "secret/ssh-auth-secret.yaml": """
    apiVersion: v1
    kind: Secret
    metadata: {name: secret-ssh-auth}
    type: kubernetes.io/ssh-auth
    data: {ssh-privatekey: VUlFQlFYTmtZWE5rWVhOa1lYTms=}

    """,
    "secret/serviceaccount-token-secret.yaml": """
    apiVersion: v1
    kind: Secret
    metadata: {name: secret-sa-sample, annotations: {kubernetes.io/service-account.name: sa-name}}
    type: kubernetes.io/service-account-token
    data: {extra: YmFyCg==}

    """,
    "secret/serviceaccount/mysecretname.yaml": """
    apiVersion: v1
    kind: Secret
    type: kubernetes.io/service-account-token
    metadata: {name: mysecretname, annotations: {kubernetes.io/service-account.name: myserviceaccount}}

    """,
    "secret/bootstrap-token-secret-literal.yaml": """
    apiVersion: v1
    kind: Secret
    metadata: {name: bootstrap-token-5emitj, namespace: kube-system}
    type: bootstrap.kubernetes.io/token
    stringData:
      auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
      expiration: "2030-09-13T04:39:10Z"
      token-id: 5emitj
      token-secret: kq4gihvszzgn1p0r
      usage-bootstrap-authentication: "true"
      usage-bootstrap-signing: "true"

    """,
    "secret/dotfile-secret.yaml": """
    apiVersion: v1
    kind: Secret
    metadata: {name: dotfile-secret}
    data: {.secret-file: dmFsdWUtMg0KDQo=}
    ---

    """
      + pod(
        "secret-dotfiles-pod",
        """
        name: dotfile-test-container, image: 'registry.k8s.io/busybox', command: [ls, -l,
            /etc/secret-volume],
            volumeMounts: [{name: secret-volume, readOnly: true, mountPath: /etc/secret-volume}]
        """, "volumes: [{name: secret-volume, secret: {secretName: dotfile-secret}}]"),
    "secret/optional-secret.yaml": pod(
      "mypod",
      "name: mypod, image: redis, volumeMounts: [{name: foo, mountPath: /etc/foo, readOnly: true}]",
      "volumes: [{name: foo, secret: {secretName: mysecret, optional: true}}]"),
    "validatingadmissionpolicy/basic-example-policy.yaml": """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: demo-policy.example.com}
    spec:
      failurePolicy: Fail
      matchConstraints:
        resourceRules:
        - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE],
          resources: [deployments]}
      validations: [{expression: object.spec.replicas <= 5}]

    """,
    "validatingadmissionpolicy/basic-example-binding.yaml": """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: demo-binding-test.example.com}
    spec:
      policyName: demo-policy.example.com
      validationActions: [Deny]
      matchResources: {namespaceSelector: {matchLabels: {environment: test}}}

    """,
    "security/podsecurity-privileged.yaml": guarded("privileged"),
    "security/podsecurity-baseline.yaml": guarded("baseline"),
    "security/podsecurity-restricted.yaml": guarded("restricted"),
    "policy/quota.yaml": "apiVersion: v1\nkind: List\nitems:\n"
      + [
        ("high", "1000", "200Gi"), ("medium", "10", "20Gi"), ("low", "5", "10Gi"),
      ].map { name, cpu, memory in
        """
        - apiVersion: v1
          kind: ResourceQuota
          metadata: {name: pods-\(name)}
          spec:
            hard: {cpu: "\(cpu)", memory: \(memory), pods: "10"}
            scopeSelector:
              matchExpressions: [{operator: In, scopeName: PriorityClass, values: [\(name)]}]

        """
      }.joined(),
    "admin/resource/memory-constraints-pod.yaml": limited(
      "constraints-mem-demo", "memory", "800Mi", "600Mi"),
    "admin/resource/memory-constraints-pod-2.yaml": limited(
      "constraints-mem-demo-2", "memory", "1.5Gi", "800Mi"),
    "admin/resource/memory-constraints-pod-3.yaml": limited(
      "constraints-mem-demo-3", "memory", "800Mi", "100Mi"),
    "admin/resource/memory-constraints-pod-4.yaml": pod(
      "constraints-mem-demo-4", "name: constraints-mem-demo-4-ctr, image: nginx"),
    "admin/resource/cpu-constraints-pod.yaml": limited(
      "constraints-cpu-demo", "cpu", "800m", "500m"),
    "admin/resource/cpu-constraints-pod-2.yaml": limited(
      "constraints-cpu-demo-2", "cpu", "\"1.5\"", "500m"),
    "admin/resource/cpu-constraints-pod-3.yaml": limited(
      "constraints-cpu-demo-3", "cpu", "800m", "100m"),
    "admin/resource/cpu-constraints-pod-4.yaml": pod(
      "constraints-cpu-demo-4", "name: constraints-cpu-demo-4-ctr, image: vish/stress"),
    "admin/resource/cpu-defaults-pod-2.yaml": pod(
      "default-cpu-demo-2",
      "name: default-cpu-demo-2-ctr, image: nginx, resources: {limits: {cpu: \"1\"}}"),
    "admin/resource/cpu-defaults-pod-3.yaml": pod(
      "default-cpu-demo-3",
      "name: default-cpu-demo-3-ctr, image: nginx, resources: {requests: {cpu: \"0.75\"}}"),
    "admin/resource/quota-objects-pvc.yaml": claim("pvc-quota-demo", "3Gi"),
    "admin/resource/quota-objects-pvc-2.yaml": claim("pvc-quota-demo-2", "4Gi"),
  ]

  private static func ingress(
    _ name: String, _ rules: [(host: String, paths: [(path: String, service: String, port: Int)])],
    tls: String = ""
  ) -> String {
    let shown = rules.map { host, paths in
      let ways = paths.map {
        "{path: \($0.path), pathType: Prefix, "
          + "backend: {service: {name: \($0.service), port: {number: \($0.port)}}}}"
      }
      return
        "{\(host.isEmpty ? "" : "host: '\(host)', ")http: {paths: [\(ways.joined(separator: ", "))]}}"
    }
    return """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: \(name)}
      spec: {\(tls)rules: [\(shown.joined(separator: ", "))]}

      """
  }

  private static func secret(_ name: String, _ type: String, _ texts: String) -> String {
    """
    apiVersion: v1
    kind: Secret
    metadata: {name: \(name)}
    type: \(type)
    stringData: {\(texts)}

    """
  }

  private static func guarded(_ level: String) -> String {
    let more = level == "baseline" ? ["warn", "audit"].map { ($0, "restricted") } : []
    let labels = ([("enforce", level)] + more).flatMap { mode, value in
      [
        "pod-security.kubernetes.io/\(mode): \(value)",
        "pod-security.kubernetes.io/\(mode)-version: latest",
      ]
    }
    return """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: my-\(level)-namespace
        labels: {\(labels.joined(separator: ", "))}

      """
  }

  private static func limited(
    _ name: String, _ resource: String, _ limit: String, _ request: String
  ) -> String {
    pod(
      name,
      "name: \(name)-ctr, image: nginx, resources: {limits: {\(resource): \(limit)}, "
        + "requests: {\(resource): \(request)}}")
  }

  private static func claim(_ name: String, _ size: String) -> String {
    """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(name)}
    spec:
      storageClassName: manual
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: \(size)}}

    """
  }
}
