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
  static func page(_ status: Int) -> String {
    let title = "\(status) \(title(status))"
    return "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n"
      + "<center><h1>\(title)</h1></center>\r\n<hr><center>nginx/\(version)</center>\r\n"
      + "</body>\r\n</html>\r\n"
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

  static let defaultSite = """
    server {
        listen       80;
        listen  [::]:80;
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
}
