"""What health alarms are worth: detectors against injected, known anomalies on daily series."""
