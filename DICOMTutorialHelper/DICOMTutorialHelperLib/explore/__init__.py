"""What a learner asks of DICOM: headers, data model, kinds of objects, privacy, FAIR, cohorts. pydicom only."""
