// A web server that stands in for nginx: it answers its version and the name of its host.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// Set by the linker.
var version = "unset"

const root = "/usr/share/nginx/html"

func main() {
	for i := 1; i < len(os.Args); i++ {
		switch {
		case os.Args[i] == "-v":
			fmt.Fprintf(os.Stderr, "nginx version: nginx/%s\n", version)
			return
		case os.Args[i] == "-g" && i+1 < len(os.Args) && os.Args[i+1] == "daemon off;":
			i++
		default:
			log.Fatalf("unknown argument %q: this stand-in knows -v and -g 'daemon off;'", os.Args[i])
		}
	}
	address := os.Getenv("LISTEN")
	if address == "" {
		address = ":80"
	}
	host, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	requests := log.New(os.Stdout, "", log.LstdFlags)
	files := http.FileServer(http.Dir(root))
	server := &http.Server{Addr: address}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Printf("%s %s %s", r.RemoteAddr, r.Method, r.URL.Path)
		w.Header().Set("Server", "nginx/"+version)
		_, missing := os.Stat(filepath.Join(root, "index.html"))
		if r.URL.Path == "/" && missing != nil {
			fmt.Fprintf(w, "nginx/%s %s\n", version, host)
			return
		}
		files.ServeHTTP(w, r)
	})
	stopped := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGINT)
	go func() {
		<-signals
		// Answers what is under way, as nginx does on SIGQUIT.
		server.Shutdown(context.Background())
		close(stopped)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-stopped
}
