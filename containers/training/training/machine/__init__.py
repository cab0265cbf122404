"""What the task runs on: files by URI, its log, its end, its hardware."""
