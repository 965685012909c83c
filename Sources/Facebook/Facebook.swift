// Facebook
