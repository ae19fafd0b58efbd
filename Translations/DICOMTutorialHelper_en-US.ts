<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en-US" sourcelanguage="en">
<context>
    <name>DICOMTutorialHelper</name>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialHelper.py"/>
        <source>DICOM Tutorial Helper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialHelper.py"/>
        <source>
Learn DICOM step by step with a torso CT and a breast MRI: a guide follows you through Slicer, explains headers, and loads the
images right the first time. For research and training, not for patient care.
See more information in the
&lt;a href="https://github.com/DICOMTutorialHelper/SlicerDICOMTutorialHelper#readme"&gt;module documentation&lt;/a&gt;.
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialHelper.py"/>
        <source>
After Sonia Pujol, Ph.D., “DICOM et Slicer : un tutoriel” (STC-DICOM-101), Brigham and Women's Hospital, Harvard Medical School.
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialHelper.py"/>
        <source>DICOM tutorial data set</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DICOMTutorialSequencePlugin</name>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialSequencePlugin.py"/>
        <source>Tutorial Sequence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialSequencePlugin.py"/>
        <source>DICOM Tutorial Sequence Plugin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialSequencePlugin.py"/>
        <source>Examines and loads series of several volumes as sequences. Used through the DICOM module.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialSequencePlugin.py"/>
        <source>Part of DICOMTutorialHelper, which follows the tutorial by Sonia Pujol, Ph.D.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DICOMTutorialVolumePlugin</name>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialVolumePlugin.py"/>
        <source>Tutorial Volume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialVolumePlugin.py"/>
        <source>DICOM Tutorial Volume Plugin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialVolumePlugin.py"/>
        <source>Examines and loads CT, MR and other volumes. Used through the DICOM module.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../DICOMTutorialHelper/DICOMTutorialVolumePlugin.py"/>
        <source>Part of DICOMTutorialHelper, which follows the tutorial by Sonia Pujol, Ph.D.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
