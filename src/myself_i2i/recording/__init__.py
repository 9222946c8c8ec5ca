"""What plug-ins call when a picture is made: the record is written at the moment, not after the fact."""
