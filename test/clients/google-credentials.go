// Prints an access token by an external-account file, as any program with Google's library for Go gets it.
package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/oauth2/google"
)

func main() {
	token, err := accessToken(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token)
}

func accessToken(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	scope := "https://www.googleapis.com/auth/cloud-platform"
	credentials, err := google.CredentialsFromJSONWithType(context.Background(), text, google.ExternalAccount, scope)
	if err != nil {
		return "", err
	}
	token, err := credentials.TokenSource.Token()
	if err != nil {
		return "", err
	}
	return token.AccessToken, nil
}
