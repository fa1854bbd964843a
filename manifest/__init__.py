"""What an administrator uploads to Teams and Slack: templates, icons, and the schemas that they are checked against."""
