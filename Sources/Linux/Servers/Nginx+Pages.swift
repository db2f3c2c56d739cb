extension Nginx {
  static let welcome = """
    <!DOCTYPE html>
    <html>
    <head>
    <title>Welcome to nginx!</title>
    <style>
    html { color-scheme: light dark; }
    body { width: 35em; margin: 0 auto;
    font-family: Tahoma, Verdana, Arial, sans-serif; }
    </style>
    </head>
    <body>
    <h1>Welcome to nginx!</h1>
    <p>If you see this page, the nginx web server is successfully installed and
    working. Further configuration is required.</p>

    <p>For online documentation and support please refer to
    <a href="http://nginx.org/">nginx.org</a>.<br/>
    Commercial support is available at
    <a href="http://nginx.com/">nginx.com</a>.</p>

    <p><em>Thank you for using nginx.</em></p>
    </body>
    </html>

    """

  static let failurePage = """
    <!DOCTYPE html>
    <html>
    <head>
    <title>Error</title>
    </head>
    <body>
    <h1>An error occurred.</h1>
    <p>Sorry, the page you are looking for is currently unavailable.<br/>
    Please try again later.</p>
    </body>
    </html>

    """

  /// The page of an error that nothing else answers for.
  static func page(_ status: Int, _ version: String) -> String {
    let title = "\(status) \(title(status))"
    return "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n"
      + "<center><h1>\(title)</h1></center>\r\n<hr><center>nginx/\(version)</center>\r\n"
      + "</body>\r\n</html>\r\n"
  }

  /// What its TLS port answers to plain HTTP: an error 497 within, which goes out as 400.
  package static func plainRequestPage(_ server: String) -> WebResponse {
    let words = "The plain HTTP request was sent to HTTPS port"
    let text =
      "<html>\r\n<head><title>400 \(words)</title></head>\r\n<body>\r\n"
      + "<center><h1>400 Bad Request</h1></center>\r\n<center>\(words)</center>\r\n"
      + "<hr><center>\(server)</center>\r\n</body>\r\n</html>\r\n"
    var response = WebResponse(400, text: text, type: "text/html")
    response.headers += [("Server", server), ("Connection", "close")]
    return response
  }

  private static func title(_ status: Int) -> String {
    switch status {
    case 401: "Authorization Required"
    case 405: "Not Allowed"
    case 503: "Service Temporarily Unavailable"
    case 504: "Gateway Time-out"
    default: WebResponse.reasons[status] ?? "Error"
    }
  }

  static let mainConfiguration = """

    user  nginx;
    worker_processes  auto;

    error_log  /var/log/nginx/error.log notice;
    pid        /run/nginx.pid;


    events {
        worker_connections  1024;
    }


    http {
        include       /etc/nginx/mime.types;
        default_type  application/octet-stream;

        log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                          '$status $body_bytes_sent "$http_referer" '
                          '"$http_user_agent" "$http_x_forwarded_for"';

        access_log  /var/log/nginx/access.log  main;

        sendfile        on;
        #tcp_nopush     on;

        keepalive_timeout  65;

        #gzip  on;

        include /etc/nginx/conf.d/*.conf;
    }

    """

  /// The same without a user, and with its folders and pid file in /tmp.
  static let unprivilegedConfiguration: String = {
    let temporary = ["proxy", "client_body", "fastcgi", "uwsgi", "scgi"].map {
      "    \($0)_temp_path /tmp/\($0 == "client_body" ? "client" : $0)_temp\($0 == "proxy" ? "_path" : "");\n"
    }.joined()
    return mainConfiguration.replacing("\nuser  nginx;\n", with: "\n")
      .replacing("/run/nginx.pid", with: "/tmp/nginx.pid")
      .replacing("http {\n", with: "http {\n" + temporary)
  }()

  static func defaultSite(port: Int) -> String {
    """
    server {
        listen       \(port);
        listen  [::]:\(port);
        server_name  localhost;

        #access_log  /var/log/nginx/host.access.log  main;

        location / {
            root   /usr/share/nginx/html;
            index  index.html index.htm;
        }

        #error_page  404              /404.html;

        # redirect server error pages to the static page /50x.html
        #
        error_page   500 502 503 504  /50x.html;
        location = /50x.html {
            root   /usr/share/nginx/html;
        }
    }

    """
  }

  static let types = """

    types {
        text/html                                        html htm shtml;
        text/css                                         css;
        text/xml                                         xml;
        image/gif                                        gif;
        image/jpeg                                       jpeg jpg;
        application/javascript                           js;
        text/plain                                       txt;
        image/png                                        png;
        image/svg+xml                                    svg svgz;
        image/x-icon                                     ico;
        application/json                                 json;
        application/pdf                                  pdf;
        application/zip                                  zip;
        application/octet-stream                         bin exe dll;
    }

    """

  /// What the image's entry point does before nginx: it tells what it looks at, and fills in
  /// templates.
  static let script = """
    #!/bin/sh
    me=/docker-entrypoint.sh
    parts=/docker-entrypoint.d
    conf=/etc/nginx/conf.d/default.conf
    ipv6=10-listen-on-ipv6-by-default.sh
    if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
      echo "$me: $parts/ is not empty, will attempt to perform configuration"
      echo "$me: Looking for shell scripts in $parts/"
      echo "$me: Launching $parts/$ipv6"
      if [ ! -f $conf ]; then
        echo "$ipv6: info: $conf is not a file or does not exist"
      elif [ ! -w $conf ]; then
        echo "$ipv6: info: can not modify $conf (read-only file system?)"
      elif grep -q 'listen  *\\[::\\]:80;' $conf; then
        echo "$ipv6: info: Getting the checksum of $conf"
        echo "$ipv6: info: Enabled listen on IPv6 in $conf"
      else
        echo "$ipv6: info: Getting the checksum of $conf"
        echo "$ipv6: info: $conf differs from the packaged version"
      fi
      echo "$me: Sourcing $parts/15-local-resolvers.envsh"
      echo "$me: Launching $parts/20-envsubst-on-templates.sh"
      for template in /etc/nginx/templates/*.template; do
        [ -f "$template" ] || continue
        file=/etc/nginx/conf.d/$(basename "$template" .template)
        echo "20-envsubst-on-templates.sh: Running envsubst on $template to $file"
        envsubst "$(env | sed 's/=.*//; s/.*/${&}/')" <"$template" >"$file"
      done
      echo "$me: Launching $parts/30-tune-worker-processes.sh"
      echo "$me: Configuration complete; ready for start up"
    fi
    exec "$@"

    """
}
